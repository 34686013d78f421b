import { type Graph, nodesOf } from '../compiler/graph.js'
import {
  isConstant,
  isValue,
  isWeighted,
  type Node,
  operandsOf,
  type Value,
  type Weighted,
} from '../compiler/node.js'
import type { Declined } from '../compiler/rewrite.js'
import { channelsOf, type Way, wayOf } from './channel-way.js'
import { equalLanes, isPadded, joined, type Lanes } from './lanes.js'

/** What becomes of the channels of each node of a graph, and what each does with those it reads. */
export interface LaneWidths {
  lanesOf(node: Node): Lanes
  wayOf(node: Node): Way
  readonly declined: readonly Declined[]
}

/** Whether what a layer reads must be padded for it. */
export type NeedsPadding = (layer: Weighted) => boolean

/**
 * Decides how wide each value becomes. Values whose channels stand in the same places are one class; a class is
 * padded where some layer with weights reads or makes one of its values (given `needs`, where such a layer reads one),
 * and all of them can be made so.
 */
export function laneWidths(graph: Graph, multiple: number, needs?: NeedsPadding): LaneWidths {
  const ways = waysOf(graph)
  const wayOf = (node: Node): Way => ways.get(node) as Way
  const { classOf, members } = classesOf(ways)
  const wanted = new Set<Value>()
  for (const [node, way] of ways)
    if (way.does === 'mixes') {
      const layer = node as Weighted
      const padded = needs ? (needs(layer) ? way.reads : []) : [layer, ...way.reads]
      for (const value of padded) wanted.add(classOf(value))
    }
  const given = givenOf(graph)
  const declined: Declined[] = []
  const decided = new Map<Value, Lanes>()
  // A part has fewer channels than what it is joined into, so this comes to an end.
  const lanesOf = (value: Value): Lanes => {
    const known = decided.get(classOf(value)) ?? decide(value)
    decided.set(classOf(value), known)
    return known
  }
  const decide = (value: Value): Lanes => {
    const channels = channelsOf(value) ?? 0
    const whole = [{ channels, width: channels }]
    const all = members.get(classOf(value)) ?? []
    if (isConstant(value) || !wanted.has(classOf(value))) return whole
    const joins = all.flatMap((each) => {
      const way = wayOf(each)
      return way.does === 'joins' ? [{ each, lanes: joined(way.reads.map(lanesOf)) }] : []
    })
    const [first] = joins
    const lanes = first?.lanes ?? [{ channels, width: Math.ceil(channels / multiple) * multiple }]
    if (!isPadded(lanes)) return whole
    const refused = (reason: string, { origin: { path } }: Value): Lanes => {
      declined.push({ path, reason })
      return whole
    }
    for (const each of all) {
      const way = wayOf(each)
      if (way.does === 'stops' && !given.has(each))
        return refused(`${way.reason}: padding cannot come of it`, each)
    }
    const other = joins.find(({ lanes: others }) => !equalLanes(lanes, others))
    if (other) {
      const reason = `its parts are padded elsewhere than those of ${first?.each.origin.path}`
      return refused(reason, other.each)
    }
    return lanes
  }
  // In the order of the network, so that what is declined stands in it too.
  for (const node of ways.keys()) if (isValue(node)) lanesOf(node)
  return { lanesOf: (node) => (isValue(node) ? lanesOf(node) : []), wayOf, declined }
}

function waysOf(graph: Graph): ReadonlyMap<Node, Way> {
  const readers = new Map<Node, Node[]>(nodesOf(graph).map((node) => [node, []]))
  for (const node of nodesOf(graph))
    for (const operand of operandsOf(node)) readers.get(operand)?.push(node)
  const readBy = (node: Node): readonly Node[] => readers.get(node) ?? []
  return new Map(nodesOf(graph).map((node) => [node, wayOf(node, readBy)]))
}

/** Values of which each has its channels where the others have theirs, by the first of them. */
function classesOf(ways: ReadonlyMap<Node, Way>): {
  classOf(value: Value): Value
  members: ReadonlyMap<Value, readonly Value[]>
} {
  const above = new Map<Value, Value>()
  const classOf = (value: Value): Value => {
    let top = value
    for (let next = above.get(top); next; next = above.get(top)) top = next
    if (top !== value) above.set(value, top)
    return top
  }
  for (const [node, way] of ways)
    if (way.does === 'keeps')
      for (const read of way.reads) {
        const [a, b] = [classOf(read), classOf(node as Value)]
        if (a !== b) above.set(b, a)
      }
  const members = new Map<Value, Value[]>()
  for (const value of [...ways.keys()].filter(isValue)) {
    const all = members.get(classOf(value))
    if (all) all.push(value)
    else members.set(classOf(value), [value])
  }
  return { classOf, members }
}

/** What is known before the first layer with weights: the image, and what is done to it. */
function givenOf(graph: Graph): ReadonlySet<Node> {
  const given = new Set<Node>()
  for (const node of nodesOf(graph)) {
    const operands = operandsOf(node).filter((operand) => !isConstant(operand))
    if (!isWeighted(node) && !isConstant(node) && operands.every((each) => given.has(each)))
      given.add(node)
  }
  return given
}
