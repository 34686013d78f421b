import { type Graph, nodesOf, readersOf } from '../compiler/graph.js'
import { make, withOperands } from '../compiler/make.js'
import { aliveAtPeak, peakActivations } from '../compiler/memory.js'
import type { Node, Value } from '../compiler/node.js'
import { composed, type Pass, Refusal, type Rewriting, rewrite } from '../compiler/rewrite.js'
import { printBytes } from '../figures.js'
import { type Dense, type Hidden, hiddenBefore } from './hidden.js'
import { type Pieces, pieces } from './pieces.js'
import { part, type Readers } from './reweighted.js'
import { sumOf } from './split-head.js'

/**
 * The hidden channels between two 1×1 convolutions are computed and consumed in chunks, so that never all of them are
 * there at once:
 *
 *     conv1×1_B(f(Σ up(conv1×1_A(x))))  =  Σₖ conv1×1_B[:, k](f(Σ up(conv1×1_A[k](x))))
 *
 * where f is any activation and k one chunk of channels: rows of A's weights and biases, columns of B's weight. What
 * stands between the two works on each channel by itself. B's bias goes on the last chunk.
 *
 * It costs time (sums of what B puts out), so it is for memory: it looks where most activations are alive at once, and
 * cuts what is hidden there into as few chunks as come within `slack` of the smallest peak. Chunks are of whole blocks
 * of 16 channels, as runtimes' kernels are.
 *
 * Refused: where the peak is not lowered by more than that; where something hidden is read elsewhere too, or is neither
 * a convolution, resize, sum nor activation; groups; weights that are computed from the input.
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
/** Less of a peak than this is not worth a chunk more. */
const slack = 0.05

function run(graph: Graph): Rewriting {
  let done = lowered(graph)
  // Where that peak was lowered, the next one may be at another head.
  for (let next = done; next.firings.length > 0; ) {
    next = lowered(done.graph)
    done = {
      graph: next.graph,
      equals: composed(done.equals, next.equals),
      firings: [...done.firings, ...next.firings],
      declined: next.declined,
    }
  }
  return done
}

/** The graph with the first head in chunks for which that lowers the peak. */
function lowered(graph: Graph): Rewriting {
  const counted = readersOf(graph)
  const readers: Readers = (node) => counted.get(node) ?? 0
  const alive = aliveAtPeak(graph)
  const made = pieces()
  const answers = new Map<Node, Value | Refusal>()
  for (const node of nodesOf(graph)) {
    const hidden = node.kind === 'conv' ? hiddenBefore(node, readers) : undefined
    if (!hidden) continue
    const answer = hidden instanceof Refusal ? hidden : inChunks(graph, hidden, alive, made)
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
  if (!hidden.nodes.some((node) => alive.has(node)))
    return new Refusal('most activations are alive elsewhere, where nothing that it hides is')
  const peakOf = (form: Value): number =>
    peakActivations(rewrite(graph, (node) => (node === hidden.consumer ? form : undefined)).graph)
  const blocks = Math.ceil(hidden.channels / block)
  const forms = counts
    .filter((count) => count <= blocks)
    .map((count) => chunked(hidden, sizesOf(hidden.channels, count), made))
    .map((form) => ({ form, peak: peakOf(form) }))
  if (forms.length === 0)
    return new Refusal(`its ${hidden.channels} hidden channels are one block of ${block}`)
  const peak = peakActivations(graph)
  const least = Math.min(...forms.map((each) => each.peak))
  const fewest = forms.find((each) => each.peak <= least * (1 + slack)) as (typeof forms)[number]
  if (fewest.peak * (1 + slack) < peak) return fewest.form
  return new Refusal(
    `the peak is ${printBytes(peak)} as it stands, ${printBytes(fewest.peak)} so, which is not ${slack * 100} % less`,
  )
}

/** Whole blocks, as equally as they go; the last chunk has what is left. */
function sizesOf(channels: number, count: number): readonly number[] {
  const blocks = Math.ceil(channels / block)
  const end = (k: number): number => Math.min(channels, block * Math.floor((k * blocks) / count))
  return Array.from({ length: count }, (_, k) => end(k + 1) - end(k))
}

function chunked(hidden: Hidden, sizes: readonly number[], made: Pieces): Value {
  const { consumer, nodes } = hidden
  const { weight, bias } = consumer.inputs
  const columns = made.cut(weight, 1, sizes, part(consumer, 'weight'))
  const chunks = sizes.map((_, k) => {
    const became = new Map<Node, Value>()
    for (const node of nodes)
      became.set(
        node,
        node.kind === 'conv'
          ? rowsOf(node, sizes, k, made)
          : withOperands(node, (operand) => became.get(operand) ?? operand),
      )
    const input = became.get(consumer.inputs.input) as Value
    const last = k === sizes.length - 1
    const inputs = { input, weight: columns[k] as Value, bias: last ? bias : undefined }
    return make('conv', inputs, consumer.attributes, consumer.origin)
  })
  return sumOf(chunks, consumer)
}

/** A convolution of some of the channels that it puts out. */
function rowsOf(conv: Dense, sizes: readonly number[], k: number, made: Pieces): Value {
  const { input, weight, bias } = conv.inputs
  const rows = made.cut(weight, 0, sizes, part(conv, 'weight'))
  const biases = bias && made.cut(bias, 0, sizes, part(conv, 'bias'))
  const inputs = { input, weight: rows[k] as Value, bias: biases?.[k] }
  return make('conv', inputs, conv.attributes, conv.origin)
}
