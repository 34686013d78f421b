import { type Costs, gainOf } from '../compiler/costs.js'
import { endsOf, type Graph, nodesOf, withEnds } from '../compiler/graph.js'
import { interner } from '../compiler/intern.js'
import { withOperands } from '../compiler/make.js'
import { isConstant, isValue, type Node, type Value } from '../compiler/node.js'
import type { Firing, Pass, Rewriting } from '../compiler/rewrite.js'
import { dearer } from './cheapest.js'
import { laneWidths, type NeedsPadding } from './lane-widths.js'
import { cutLanes, isPadded, padLanes } from './lanes.js'
import { widen } from './widen.js'

/**
 * Channels padded to what kernels take, W and b having zeros in the rows and columns that are new:
 *
 *     f(x)                                  =  cut(f'(pad x))
 *     cut(W'∗x' + b')                       =  W∗cut(x') + b           whatever x' has in its padding
 *     cut(f(x')), f of each channel alone   =  f(cut(x'))
 *     cut(concat(x', y'))                   =  concat(cut(x'), cut(y'))
 *
 * `pad` adds channels behind those there are, `cut` takes them away: an output, and all that needs its channels
 * alone (softmax, split, what is foreign), reads what is cut. So padding reaches no output, whatever stands in it.
 * It is zero, moreover, so that it can neither overflow nor widen a range of 8 bits: rows of zeros make zeros,
 * and sums, resizes, pooling and most activations keep them. Of the others (a sigmoid) the result must be read by
 * layers, or multiplied by zeros, alone.
 *
 * Values that are added, multiplied or resized into one another are padded alike or not at all; a part of a concat
 * is padded where it stands, and the columns of who reads the concat move with it. Only what some layer with weights
 * reads or makes is padded. Left as they are: values that some node makes which cannot make padding (a split, a
 * grouped convolution that is not depthwise); before the first layer, a `pad` node gives it to the image.
 *
 * To a multiple; or, given costs, to that multiple of 4, 8 or 16 with which the whole network costs least. Given `needs`,
 * only what such a layer reads is padded, to a multiple, whatever it costs.
 */
export function padChannels(to: Costs): Pass
export function padChannels(to: number, needs?: NeedsPadding): Pass
export function padChannels(to: number | Costs, needs?: NeedsPadding): Pass {
  return {
    name: 'pad-channels',
    equation: 'f(x) = cut(f padded with zeros (pad x))',
    changes: 'rounding',
    run: (graph) => (typeof to === 'number' ? padded(graph, to, needs) : cheapest(graph, to)),
  }
}

/** Blocks that kernels compute in: of 8 bits, and of float32 with 256 and 512 bits. */
const blocks = [4, 8, 16]

function cheapest(graph: Graph, costs: Costs): Rewriting {
  const valuesOf = ({ outputs }: Graph): readonly Node[] => outputs.map(({ value }) => value)
  const forms = blocks.map((block) => padded(graph, block))
  const [first, ...rest] = forms.filter((form) => form.graph !== graph)
  // What is no multiple of one block is none of a larger one, so that the last has all reasons.
  if (!first) return forms.at(-1) as Rewriting
  const best = rest.reduce(
    (least, form) =>
      gainOf(valuesOf(least.graph), valuesOf(form.graph), costs) > 0 ? form : least,
    first,
  )
  const refusal = dearer(valuesOf(graph), valuesOf(best.graph), costs)
  if (!refusal) return best
  const declined = [...best.declined, { path: graph.name, reason: refusal.reason }]
  return { ...padded(graph, 1), declined }
}

function padded(graph: Graph, multiple: number, needs?: NeedsPadding): Rewriting {
  const { lanesOf, wayOf, declined } = laneWidths(graph, multiple, needs)
  // What each node became: without its padding, and with it where it has any.
  const [narrow, wide] = [new Map<Node, Node>(), new Map<Node, Value>()]
  const plain = (node: Node): Node => {
    const known = narrow.get(node) ?? cutLanes(wide.get(node) as Value, lanesOf(node))
    narrow.set(node, known)
    return known
  }
  const first = interner()
  const firings: Firing[] = []
  for (const node of nodesOf(graph)) {
    if (isConstant(node)) first(node)
    const [way, lanes] = [wayOf(node), lanesOf(node)]
    const before = withOperands(node, plain)
    if (way.does === 'stops' || (way.does === 'joins' && !isPadded(lanes))) {
      narrow.set(node, before)
      if (!isPadded(lanes)) continue
      const pad = padLanes(before as Value, 1, lanes)
      wide.set(node, pad)
      firings.push({ before, after: cutLanes(pad, lanes) })
      continue
    }
    const reads = readPadded(node, way.reads).filter((each) => wide.has(each))
    if (reads.length === 0 && !isPadded(lanes)) {
      narrow.set(node, before)
      continue
    }
    const read = (operand: Value): Value =>
      (reads.includes(operand) ? wide.get(operand) : undefined) ?? (plain(operand) as Value)
    const after = widen(node as Value, { lanesOf, read, first })
    if (isPadded(lanes)) wide.set(node, after)
    else narrow.set(node, after)
    firings.push({ before, after: plain(node) })
  }
  if (firings.length === 0)
    return { graph, equals: survivors(graph, graph, narrow), firings, declined }
  const ends = new Map(endsOf(graph).map((node) => [node, plain(node)]))
  const now = withEnds(graph, ends)
  return { graph: now, equals: survivors(graph, now, narrow), firings, declined }
}

/** All whose channels are kept where they were, and the size of a resize or an adaptive pooling. */
function readPadded(node: Node, reads: readonly Value[]): readonly Value[] {
  const like = node.kind === 'resize' || node.kind === 'adaptivePool' ? node.inputs.like : undefined
  return like ? [...reads, like] : reads
}

/** Values that are still computed, without padding. */
function survivors(graph: Graph, now: Graph, became: ReadonlyMap<Node, Node>): Map<Value, Value> {
  const alive = new Set(nodesOf(now))
  const pairs = nodesOf(graph)
    .filter(isValue)
    .map((old) => [old, became.get(old)] as const)
  return new Map(
    pairs.filter(
      (pair): pair is readonly [Value, Value] => pair[1] !== undefined && alive.has(pair[1]),
    ),
  )
}
