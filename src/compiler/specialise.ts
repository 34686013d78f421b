import { NetworkError } from '../errors.js'
import { type Dimension, symbolicDimension, symbolOf } from './dimension.js'
import { type Graph, nodesOf, withEnds } from './graph.js'
import { make, withOperands } from './make.js'
import type { Node, NodeOf } from './node.js'
import { withSamePadding } from './same-padding.js'

/** What the network will be given: a whole number, or any (a multiple of `multiple`). */
export type Side = number | { readonly multiple: number }

export interface InputSize {
  readonly batch: Side
  readonly height: Side
  readonly width: Side
}

/**
 * The same network for inputs of a given size: every type follows anew from it.
 * @throws {NetworkError} `input-size` where some level does not fit that size, with the nearest sizes that do.
 */
export function specialise(graph: Graph, size: InputSize): Graph {
  const retyped = retype(graph, size)
  if (!('error' in retyped)) return retyped
  const { error, node } = retyped
  throw new NetworkError(
    {
      rule: 'input-size',
      problem: `${graph.name} does not take an input of ${print(size.height, size.width)}: ${error.problem}`,
      remedy:
        needsNumbers(graph, size) ??
        [nearest(graph, size, error), ...resizing(graph, size, node)].join(' '),
      scope: error.scope,
      location: error.location,
    },
    { cause: error },
  )
}

/** A node that does not fit a size, and what it says. */
interface Misfit {
  readonly node: Node
  readonly error: NetworkError
}

function retype(graph: Graph, size: InputSize): Graph | Misfit {
  const became = new Map<Node, Node>()
  const retyped = (operand: Node): Node => became.get(operand) ?? operand
  for (const node of nodesOf(graph)) {
    try {
      became.set(
        node,
        node.kind === 'input'
          ? resized(node, size)
          : withOperands(withSamePadding(node, retyped), retyped),
      )
    } catch (error) {
      if (error instanceof NetworkError) return { node, error }
      throw error
    }
  }
  return withEnds(graph, became)
}

/** An input of as many channels, and another batch, height and width. */
function resized(input: NodeOf<'input'>, size: InputSize): Node {
  const { name, type } = input.attributes
  const shape = type.shape.map((d) =>
    typeof d === 'number' ? d : dimension(symbolOf(d), size[symbolOf(d) as keyof InputSize]),
  )
  return make('input', {}, { name, type: { ...type, shape } }, input.origin)
}

/** The sides of a network's input, in its order: [batch, channels, height, width], or otherwise where it is deployed. */
export function sidesGiven({ inputs: [input] }: Graph, size: InputSize): readonly Side[] {
  const sides = input?.type.shape ?? []
  return sides.map((d) => (typeof d === 'number' ? d : size[symbolOf(d) as keyof InputSize]))
}

/** What is said where no open size works: how many windows and boxes there are, and which windows are pooled. */
function needsNumbers(graph: Graph, { height, width }: InputSize): string | undefined {
  if (typeof height === 'number' && typeof width === 'number') return undefined
  const nodes = nodesOf(graph)
  const has = (kind: Node['kind']): boolean => nodes.some((node) => node.kind === kind)
  const what = has('windows')
    ? 'how many windows there are'
    : has('anchors')
      ? 'how many boxes there are'
      : nodes.some(isPooledToSize)
        ? 'how large the windows of an adaptive pooling are'
        : undefined
  return what && `Give height and width in numbers: ${what} follows from them.`
}

/** To more than one position, of which the windows depend on the input's size. */
function isPooledToSize(node: Node): boolean {
  return node.kind === 'adaptivePool' && (node.attributes.size ?? []).some((side) => side > 1)
}

/** The sizes that work near one that does not; where it is not the size, what else would. */
function nearest(graph: Graph, size: InputSize, { remedy }: NetworkError): string {
  const works = (sides: Partial<InputSize>): boolean =>
    !('error' in retype(graph, { ...size, ...sides }))
  // A model is written for multiples of every stride: with such a width, all depends on the height.
  const heights = near(size.height, (height) => works({ height, width: { multiple: largestStep } }))
  const widths = near(size.width, (width) => works({ width, height: { multiple: largestStep } }))
  const pairs = [0, 1, 2].flatMap((rank): readonly (readonly [Side, Side])[] => {
    const [height, width] = [heights[rank] ?? heights[0], widths[rank] ?? widths[0]]
    return height === undefined || width === undefined ? [] : [[height, width]]
  })
  const sizes = pairs
    .filter(([height, width]) => works({ height, width }))
    .map(([height, width]) => print(height, width))
  if (sizes.length === 0) return `No size near it works. ${remedy}`
  const fixed = typeof size.height === 'number' && typeof size.width === 'number'
  const list = [...new Set(sizes)].join(', ')
  return fixed ? `Nearest sizes that work: ${list}.` : `This works: ${list}.`
}

/**
 * The sides that work: the side itself; else the nearest, the nearest below, the nearest above; of what is
 * only known as a multiple, the least multiple of it.
 */
function near(side: Side, works: (side: Side) => boolean): readonly Side[] {
  if (works(side)) return [side]
  if (typeof side !== 'number') {
    for (let times = 2; times <= farthest; times *= 2) {
      const multiple = { multiple: side.multiple * times }
      if (works(multiple)) return [multiple]
    }
    return []
  }
  const first = (step: -1 | 1): number | undefined => {
    for (let n = 1; n <= farthest && side + step * n >= 1; n++)
      if (works(side + step * n)) return side + step * n
    return undefined
  }
  const [below, above] = [first(-1), first(1)]
  if (below === undefined) return above === undefined ? [] : [above]
  if (above === undefined) return [below]
  return [above - side <= side - below ? above : below, below, above]
}

/** How far from a side another is looked for: the coarsest stride, of which a multiple is that near. */
const farthest = 512

/** What sides are multiples of while a model is written: every stride divides them. */
const largestStep = 2 ** 16

/** Batch, height and width while a model is written: sizes are checked once one is asked for. */
export const anySize: readonly [batch: Dimension, height: Dimension, width: Dimension] = [
  symbolicDimension('batch'),
  symbolicDimension('height', largestStep),
  symbolicDimension('width', largestStep),
]

/** Another way out, where features of different sizes meet because one was resized by a ratio. */
function resizing(graph: Graph, { height, width }: InputSize, { kind }: Node): readonly string[] {
  const open = typeof height !== 'number' || typeof width !== 'number'
  const meets =
    kind === 'add' || kind === 'multiply' || kind === 'concat' || (kind === 'resize' && open)
  const byRatio = nodesOf(graph).some((node) => node.kind === 'resize' && !node.inputs.like)
  return meets && byRatio
    ? [
        'Or resize to the feature that is met, not to its stride (`toSize` in a path up; --fuse-to-size for the zoo).',
      ]
    : []
}

function dimension(symbol: string, side: Side): Dimension {
  return typeof side === 'number' ? side : symbolicDimension(symbol, side.multiple)
}

/** As the command line has it: `512x1024`, `dynamic`, `dynamic/32`. */
function print(...sides: readonly [height: Side, width: Side]): string {
  const [height, width] = sides.map(printSide)
  if (sides.every((side) => typeof side === 'number')) return `${height}x${width}`
  return height === width ? String(height) : `${height} x ${width}`
}

/** `512`, `dynamic`, `dynamic/32`. */
export function printSide(side: Side): string {
  if (typeof side === 'number') return String(side)
  return side.multiple === 1 ? 'dynamic' : `dynamic/${side.multiple}`
}
