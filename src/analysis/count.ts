import { costOf, elementBytes } from '../compiler/cost.js'
import { elementCount } from '../compiler/dimension.js'
import { type Graph, nodesOf } from '../compiler/graph.js'
import { isTrained, type Kind, type Node, type NodeOf } from '../compiler/node.js'
import { expectExact, notSized } from './expect.js'
import { type Division, divisionsOf, type Parts } from './parts.js'

/** What is counted, of a network or of a part of it: plain whole numbers, never rounded. */
export interface Figures {
  /** Trained numbers: weights, biases, scales and shifts of norms. Those that are shared count once. */
  readonly parameters: number
  /** Numbers that are kept, not trained: running means and variances. */
  readonly buffers: number
  /** Multiply-accumulates of convolutions and linear layers: padding counted, biases not, the whole batch. */
  readonly macs: number
  /** Elements that convolutions and linear layers put out, the whole batch. */
  readonly activations: number
  readonly bytes: {
    /** Of parameters and buffers. */
    readonly weights: number
    /** Of `activations`. */
    readonly activations: number
  }
}

/** The share of one stage, branch or layer; it is called as its scope. A shared parameter is its first user's. */
export interface Part extends Figures {
  readonly path: string
}

export interface Count extends Figures {
  /** How many layers of each sort run. */
  readonly layers: { readonly conv: number; readonly norm: number; readonly linear: number }
  /** Foreign operators, whose cost no figure here includes. */
  readonly unknown: readonly { readonly path: string; readonly operator: string }[]
  /** The same figures again, by stage, by branch, by layer; each list adds up to the whole. */
  readonly parts: Readonly<Record<Division, readonly Part[]>>
}

/**
 * Counts a network at the size that its inputs have.
 * @throws {InputError} where a side is not known, or a figure is past 2^53 and would not be exact.
 */
export function countGraph(graph: Graph): Count {
  const nodes = nodesOf(graph)
  const counted: Counted[] = []
  for (const node of nodes) {
    const figures = node.kind === 'parameter' ? stored(node) : running(graph, node)
    if (figures) counted.push({ node, figures })
  }
  const sum = emptySum()
  for (const { figures } of counted) add(sum, figures)
  for (const key of sums) expectExact(graph, sum[key], words[key])
  const howMany = (...kinds: readonly Kind[]): number =>
    nodes.filter(({ kind }) => kinds.includes(kind)).length
  const { stage, branch, layer } = divisionsOf(graph)
  return {
    ...figuresOf(sum),
    layers: {
      conv: howMany('conv', 'fusedConv', 'convTranspose'),
      norm: howMany('batchNorm'),
      linear: howMany('linear'),
    },
    unknown: nodes
      .filter((node) => node.kind === 'foreign')
      .map(({ origin, attributes }) => ({ path: origin.path, operator: attributes.operator })),
    parts: {
      stage: partsBy(stage, counted),
      branch: partsBy(branch, counted, stage),
      layer: partsBy(layer, counted),
    },
  }
}

interface Counted {
  readonly node: Node
  readonly figures: Sum
}

/**
 * A part stands where its last layer does, so that a transition comes before its stage; within an outer
 * part, by name.
 */
function partsBy(part: Parts, counted: readonly Counted[], outer?: Parts): readonly Part[] {
  const sums = new Map<string, Sum>()
  const ends = new Map<string, number>()
  const outerOf = new Map<string, string>()
  for (const [i, { node, figures }] of counted.entries()) {
    const path = part(node)
    const sum = sums.get(path) ?? emptySum()
    sums.set(path, sum)
    add(sum, figures)
    const around = outer?.(node) ?? path
    outerOf.set(path, around)
    ends.set(around, i)
  }
  const end = (path: string): number => ends.get(outerOf.get(path) as string) as number
  return [...sums]
    .map(([path, sum]) => ({ path, ...figuresOf(sum) }))
    .sort((a, b) => end(a.path) - end(b.path) || natural.compare(a.path, b.path))
}

/** branches.2 before branches.10. */
const natural = new Intl.Collator('en', { numeric: true })

interface Sum {
  parameters: number
  buffers: number
  macs: number
  activations: number
  weightBytes: number
  activationBytes: number
}

function emptySum(): Sum {
  return {
    parameters: 0,
    buffers: 0,
    macs: 0,
    activations: 0,
    weightBytes: 0,
    activationBytes: 0,
  }
}

const sums = Object.keys(emptySum()) as (keyof Sum)[]

function add(sum: Sum, more: Sum): void {
  for (const key of sums) sum[key] += more[key]
}

function figuresOf({ weightBytes, activationBytes, ...rest }: Sum): Figures {
  return { ...rest, bytes: { weights: weightBytes, activations: activationBytes } }
}

function stored(node: NodeOf<'parameter'>): Sum {
  const elements = elementCount(node.attributes.shape)
  return {
    ...emptySum(),
    [isTrained(node) ? 'parameters' : 'buffers']: elements,
    weightBytes: elements * elementBytes[node.type.element],
  }
}

function running(graph: Graph, node: Node): Sum | undefined {
  const cost = costOf(node)
  if (cost === 'unknown') return undefined
  if (cost === 'unsized') throw notSized(graph)
  if (cost.activations === 0) return undefined
  const { macs, activations, bytes } = cost
  return { ...emptySum(), macs, activations, activationBytes: bytes }
}

const words: Readonly<Record<keyof Sum, string>> = {
  parameters: 'parameters',
  buffers: 'buffers',
  macs: 'multiply-accumulates',
  activations: 'activations',
  weightBytes: 'bytes of weights',
  activationBytes: 'bytes of activations',
}
