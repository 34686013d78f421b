import { endsOf, type Graph, nodesOf, operationsOf, reachedFrom } from '../compiler/graph.js'
import {
  bytesOfResults,
  type Moment,
  momentsOf,
  peakActivations,
  source,
  unknownBytes,
} from '../compiler/memory.js'
import { isConstant, type Node, operandsOf } from '../compiler/node.js'
import { type Pass, type Rewriting, unchanged } from '../compiler/rewrite.js'
import { asListed, peakOf, type Running } from '../compiler/running.js'
import { printBytes } from '../figures.js'

/**
 * The same nodes, listed so that fewer bytes of activations are alive at once:
 *
 *     graph = graph, in another order
 *
 * Nodes are run depth first, each after what it reads. Which of its operands goes first is chosen as for registers (R.
 * Sethi, J. D. Ullman, The generation of optimal code for arithmetic expressions, 1970): that which needs most beyond
 * what it leaves behind. For a tree this is the best of all depth-first orders; here values are shared, so it is where
 * the search begins. It goes on where the peak is: of the nodes that wait for more there, one reads another operand
 * first, as long as that lowers the peak.
 *
 * Refused: where some side is open, so that bytes are not known; where one node alone reads and makes as many as are
 * alive at most; where no order that was found needs less than the one that is there.
 *
 * @param running in which order the runtime runs what is listed; the file is written for it.
 */
export function orderNodes(running: Running = asListed): Pass {
  return {
    name: 'order-nodes',
    equation: 'graph = graph, in another order',
    changes: 'nothing',
    run: (graph) => ordered(graph, running),
  }
}

function ordered(graph: Graph, running: Running): Rewriting {
  const left = (reason: string): Rewriting => {
    const path = graph.outputs[0]?.value.origin.path ?? graph.name
    return unchanged(graph, [{ path, reason }])
  }
  const unknown = unknownBytes(graph)
  if (unknown) return left(unknown)
  const stands = peakOf(graph, running)
  const alone = neediest(graph)
  if (alone.bytes >= stands)
    return left(
      `at most ${printBytes(stands)} are alive as it stands, ${printBytes(alone.bytes)} in any order: what ${alone.node.kind} ${alone.node.origin.path} reads and makes`,
    )
  const best = [true, false]
    .map((forwards) => improved(graph, forwards, running))
    .reduce((a, b) => (b.peak < a.peak ? b : a))
  if (best.peak < stands) return { ...unchanged(graph), graph: { ...graph, order: best.listed } }
  return left(
    `at most ${printBytes(stands)} are alive as it stands, ${printBytes(best.peak)} in the best order that was found`,
  )
}

/** The node that reads and makes most: in every order as much is alive while it runs. */
function neediest(graph: Graph): Omit<Moment, 'until'> {
  return [...graph.inputs, ...operationsOf(graph)]
    .map((node) => {
      const reads = new Set(
        operandsOf(node)
          .filter((each) => !isConstant(each))
          .map(source),
      )
      const bytes = [node, ...reads].reduce((sum, each) => sum + bytesOfResults(each), 0)
      return { node, bytes }
    })
    .reduce((most, each) => (each.bytes > most.bytes ? each : most))
}

/** Nodes as the file lists them, and as they are run. */
interface Listing {
  readonly listed: readonly Node[]
  readonly run: readonly Node[]
  readonly peak: number
}

/** Which operand a node reads first; of the whole graph, which end. */
type First = ReadonlyMap<Node | Graph, Node>

/**
 * The best listing that is found. Runtimes that begin with what is listed last want it backwards: each node still
 * after what it reads.
 */
function improved(graph: Graph, forwards: boolean, running: Running): Listing {
  const beyond = needs(graph)
  const listing = (first: First): Listing => {
    const inOrder = (of: Node | Graph, nodes: readonly Node[]): readonly Node[] => {
      const key = (node: Node): number =>
        first.get(of) === node ? Number.POSITIVE_INFINITY : (beyond.get(node) as number)
      const sorted = nodes.toSorted((a, b) => key(b) - key(a) || 0)
      return forwards ? sorted : sorted.reverse()
    }
    const listed = reachedFrom(inOrder(graph, endsOf(graph)), (node) =>
      inOrder(node, operandsOf(node)),
    )
    const run = running(listed)
    return { listed, run, peak: peakActivations({ ...graph, order: run }) }
  }
  let first: First = new Map()
  let best = listing(first)
  for (let left = Math.ceil(visits / best.listed.length); left > 0; ) {
    const choices = choicesAtPeak(graph, best.run).slice(0, left)
    left -= choices.length
    const other = choices
      .map(([of, node]) => new Map(first).set(of, node))
      .find((each) => listing(each).peak < best.peak)
    if (!other) break
    first = other
    best = listing(other)
  }
  return best
}

/** How many nodes the search may visit: a large graph is listed a few times only. */
const visits = 5e4

/** How many bytes each node needs beyond what it leaves behind, were nothing shared. */
function needs(graph: Graph): ReadonlyMap<Node, number> {
  const peaks = new Map<Node, number>()
  const beyond = new Map<Node, number>()
  const leaves = (node: Node): number => (isConstant(node) ? 0 : bytesOfResults(source(node)))
  for (const node of nodesOf(graph)) {
    const operands = [...new Set(operandsOf(node))].sort(
      (a, b) => (beyond.get(b) as number) - (beyond.get(a) as number),
    )
    let [alive, peak] = [0, 0]
    for (const operand of operands) {
      peak = Math.max(peak, alive + (peaks.get(operand) as number))
      alive += leaves(operand)
    }
    const own = node.kind === 'result' ? 0 : leaves(node)
    peaks.set(node, Math.max(peak, alive + own))
    beyond.set(node, (peaks.get(node) as number) - leaves(node))
  }
  return beyond
}

/** Of the nodes that wait for more while most is alive, and of the graph's ends, which might be read first instead. */
function choicesAtPeak(
  graph: Graph,
  run: readonly Node[],
): readonly (readonly [Node | Graph, Node])[] {
  const moments = momentsOf({ ...graph, order: run })
  const peak = moments.reduce((at, { bytes }, i) => (bytes > (moments[at]?.bytes ?? 0) ? i : at), 0)
  const ran = new Set<Node>(moments.slice(0, peak + 1).map(({ node }) => node))
  const isLater = (node: Node): boolean => !isConstant(node) && !ran.has(source(node))
  const waiting = moments
    .slice(peak + 1)
    .map(({ node }) => node)
    .filter((node) => operandsOf(node).some((operand) => ran.has(source(operand))))
  return [
    ...waiting.flatMap((node) =>
      operandsOf(node)
        .filter(isLater)
        .map((operand) => [node, operand] as const),
    ),
    ...endsOf(graph)
      .filter(isLater)
      .map((end) => [graph, end] as const),
  ]
}
