import { endsOf, type Graph, nodesOf, reachedFrom, readersOf } from '../compiler/graph.js'
import { aliveAtPeak, peakActivations, unknownBytes } from '../compiler/memory.js'
import { type Node, type Origin, operandsOf, type Value } from '../compiler/node.js'
import { composed, type Pass, Refusal, type Rewriting, rewrite } from '../compiler/rewrite.js'
import { printBytes } from '../figures.js'
import { chunked } from './chunked.js'
import { type Hidden, hiddenBefore } from './hidden.js'
import { type Pieces, pieces } from './pieces.js'
import type { Readers } from './reweighted.js'

/**
 * The hidden channels between two 1×1 convolutions are computed and consumed in chunks, so that never all of them are
 * there at once:
 *
 *     conv1×1_B(f(Σ up(conv1×1_A(x))))  =  Σₖ conv1×1_B[:, k](f(Σ up(conv1×1_A[k](x))))
 *
 * where f is any activation and k one chunk of channels: rows of A's weights and biases, columns of B's weight. What
 * stands between the two works on each channel by itself. B's bias goes on the last chunk.
 *
 * It is for memory, so it looks where most activations are alive at once, and cuts what is hidden there. Of the numbers
 * of chunks that are tried it takes the fewest with which this head needs half of what the rest of the network does: that
 * much a runtime may save there, by writing over what nobody reads any more. Chunks are of whole blocks of 16 channels,
 * as runtimes' kernels are. The graph gets an order, in which each chunk is consumed before the next one begins.
 *
 * Refused: where some side is open, so that bytes are not known; where what it hides is not alive at the peak, or is one
 * block of channels; where the peak is not lowered by 5 %; where something hidden is read elsewhere too, or is neither a 1×1
 * convolution, resize, sum nor activation; groups; weights that are computed from the input.
 */
export const chunkHead: Pass = {
  name: 'chunk-head',
  equation: 'conv1×1_B(f(Σ up(conv1×1_A(x)))) = Σₖ conv1×1_B[:, k](f(Σ up(conv1×1_A[k](x))))',
  changes: 'rounding',
  run,
}

/** Channels that runtimes' kernels take at once. */
const block = 16
/** How many chunks are tried. */
const counts = [2, 3, 4, 6, 8, 12, 16, 24, 32]
/** What part of a peak is worth it. */
const worth = 0.05

function run(graph: Graph): Rewriting {
  let done = lowered(graph, new Set())
  if (done.firings.length === 0) return done
  // Where that peak was lowered, the next one may be at another head.
  for (let next = done; next.firings.length > 0; ) {
    next = lowered(done.graph, new Set(done.firings.map(({ before }) => before.origin)))
    const equals = composed(done.equals, next.equals)
    done = { ...next, equals, firings: [...done.firings, ...next.firings] }
  }
  return { ...done, graph: { ...done.graph, order: inOrder(done.graph) } }
}

/** The graph with the first head in chunks for which that lowers the peak; of chunks of its own it says nothing. */
function lowered(graph: Graph, own: ReadonlySet<Origin>): Rewriting {
  const counted = readersOf(graph)
  const readers: Readers = (node) => counted.get(node) ?? 0
  const alive = aliveAtPeak(graph)
  const made = pieces()
  const answers = new Map<Node, Value | Refusal>()
  for (const node of nodesOf(graph)) {
    const hidden = node.kind === 'conv' ? hiddenBefore(node, readers) : undefined
    if (!hidden) continue
    const answer = hidden instanceof Refusal ? hidden : inChunks(graph, hidden, alive, made)
    if (answer instanceof Refusal && own.has(node.origin)) continue
    answers.set(node, answer)
    if (!(answer instanceof Refusal)) break
  }
  return rewrite(graph, (node) => answers.get(node))
}

function inChunks(
  graph: Graph,
  hidden: Hidden,
  alive: ReadonlySet<Node>,
  made: Pieces,
): Value | Refusal {
  const unknown = unknownBytes(graph)
  if (unknown) return new Refusal(unknown)
  if (!hidden.nodes.some((node) => alive.has(node)))
    return new Refusal('most activations are alive elsewhere, where nothing that it hides is')
  const peak = peakActivations(graph)
  const blocks = Math.ceil(hidden.channels / block)
  const forms = counts
    .filter((count) => count <= blocks)
    .map((count) => chunked(hidden, sizesOf(hidden.channels, count), made))
    .map((form) => ({ form, ...peaksOf(graph, hidden.consumer, form) }))
  const least = Math.min(...forms.map(({ whole }) => whole))
  const enough =
    forms.find(({ own }) => own <= least / 2) ??
    forms.find(({ whole }) => whole <= least * (1 + worth))
  if (!enough)
    return new Refusal(`its ${hidden.channels} hidden channels are one block of ${block}`)
  if (enough.whole <= peak * (1 - worth)) return enough.form
  const [as, so] = [peak, enough.whole].map(printBytes)
  return new Refusal(`the peak is ${as} as it stands, ${so} so, which is not ${worth * 100} % less`)
}

/** The most bytes that are alive at once in a graph in which a form stands for a node, and while it is computed. */
function peaksOf(graph: Graph, node: Node, form: Value): { whole: number; own: number } {
  const { graph: after } = rewrite(graph, (each) => (each === node ? form : undefined))
  const before = new Set(nodesOf(graph))
  const during = new Set(reachedFrom([form]).filter((each) => !before.has(each)))
  return { whole: peakActivations(after), own: peakActivations(after, during) }
}

/** Whole blocks, as equally as they go; the first chunk has what is left. */
function sizesOf(channels: number, count: number): readonly number[] {
  const blocks = Math.ceil(channels / block)
  const start = (k: number): number =>
    Math.max(0, channels - block * Math.floor(((count - k) * blocks) / count))
  return Array.from({ length: count }, (_, k) => start(k + 1) - start(k))
}

/**
 * Each chunk is consumed before the next one begins. ONNX Runtime orders nodes anew: of what a node reads it computes
 * first what stands first in the file. It makes one node of a sum and of its left operand, if that is a convolution, or
 * else the right one, and this node reads the other operand and a whole chunk. So it is the left operand of the first
 * sum that has to come second.
 */
function inOrder(graph: Graph): readonly Node[] {
  return reachedFrom(endsOf(graph), (node) =>
    isFirstSum(node) ? operandsOf(node).toReversed() : operandsOf(node),
  )
}

/** Whether a node adds the first two chunks: they have the origin of the one convolution that they were. */
function isFirstSum(node: Node): boolean {
  return (
    node.kind === 'add' &&
    operandsOf(node).every(({ kind, origin }) => kind === 'conv' && origin === node.origin)
  )
}
