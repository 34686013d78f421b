import { printDimension } from '../compiler/dimension.js'
import type { Graph } from '../compiler/graph.js'
import { interner } from '../compiler/intern.js'
import { computed, make, withOperands } from '../compiler/make.js'
import {
  type Constant,
  type ElementType,
  isConstant,
  type Kind,
  type Node,
  type NodeOf,
  type Origin,
  operandsOf,
  type Value,
} from '../compiler/node.js'
import { type Pass, Refusal, type Rewriting, rewrite } from '../compiler/rewrite.js'
import { adaptiveWindows, longest } from '../compiler/windows.js'
import { part } from './reweighted.js'

/**
 * What bears it is computed in float16, between casts:
 *
 *     f(x, W)  ≈  float32(f(float16(x), float16(W)))
 *     float16(float32(x)) = x, for an x of float16
 *
 * so that casts are left at inputs and outputs, which stay float32, and around what does not bear it. What moves
 * numbers only (concat, split, reshape, transpose, depthToSpace, windows, pad) follows what it reads: it is in float16 where some of that is. What
 * makes no float32, as an argMax, is as it was, and reads float32.
 *
 * Refused, and so computed in float32: a softmax, whose exponentials and their sum pass what float16 holds, and whose
 * result is an answer; an average over a whole map or a window of more than 256 numbers, whose sum may pass 65504; a
 * product of matrices over more than 16384 places, a mean of which has weights below the least normal float16; a
 * batch norm that was not folded, whose variance may be less than the least float16; boxes and what chooses among them;
 * foreign operators, of whose elements nothing is known.
 */
export const narrowToFloat16: Pass = {
  name: 'narrow-to-float16',
  equation: 'f(x, W) ≈ float32(f(float16(x), float16(W)))',
  changes: 'precision',
  run,
}

function run(graph: Graph): Rewriting {
  const first = interner()
  const cast = (input: Value, to: ElementType): Value =>
    first(make('cast', { input }, { to }, part(input, to)))
  const half = (value: Value): Value => {
    if (value.type.element === 'float16') return value
    if (isConstant(value)) return first(computed(cast(value, 'float16'), named(value)))
    // What is brought to float32 is taken as it was before.
    return isRestored(value) ? half(value.inputs.input) : cast(value, 'float16')
  }
  const narrowed = <N extends Node>(node: N): N =>
    // Of what a node's result is to be like, the size alone is read.
    withOperands(node, (x) => {
      const { like, input } = node.inputs as { readonly like?: Node; readonly input?: Node }
      const sizeAlone = x === like && x !== input
      return sizeAlone && !isRestored(x) ? x : half(x as Value)
    })
  return rewrite(graph, (node) => {
    if (
      placed.has(node.kind) ||
      Array.isArray(node.type) ||
      (node as Value).type.element !== 'float32'
    )
      return undefined
    const reason = against(node)
    if (reason) return new Refusal(reason)
    const moved = node.kind === 'result' ? node.inputs.of : node
    if (moves.has(moved.kind) && !operandsOf(moved).some(isRestored)) return undefined
    if (node.kind !== 'result') return cast(narrowed(node) as Value, 'float32')
    const of = first(narrowed(node.inputs.of))
    return cast(make('result', { of }, node.attributes, node.origin), 'float32')
  })
}

/** Under the name of its parameter. */
function named(constant: Constant): Origin {
  const { kind, attributes, origin } = constant
  return kind === 'parameter' ? { ...origin, path: attributes.name } : origin
}

/** What computes nothing by itself, and what this pass has made. */
const placed: ReadonlySet<Kind> = new Set(['input', 'parameter', 'derived', 'split', 'cast'])

/** What moves numbers, and rounds none. */
const moves: ReadonlySet<Kind> = new Set([
  'concat',
  'split',
  'reshape',
  'transpose',
  'depthToSpace',
  'windows',
  'fromWindows',
  'identity',
  'pad',
])

/** A value of fewer bits, or of whole numbers, brought to float32. */
function isRestored(node: Node): node is NodeOf<'cast'> {
  return node.kind === 'cast' && node.attributes.to === 'float32'
}

const ofBoxes =
  'float16 tells no pixels apart past 2048, and what is chosen depends on the last bits'

/** Sums of more numbers than this are left to float32. */
const mostSummed = 256

/** A mean over more places has weights below 2^-14, which is the least normal float16. */
const mostPlaces = 2 ** 14

/** How many numbers the largest window has; without bound where a side is open. */
function summedBy({ inputs: { input }, type }: NodeOf<'adaptivePool'>): number {
  const sides = [2, 3].map((axis) => {
    const [from, to] = [input.type.shape[axis], type.shape[axis]]
    if (typeof from !== 'number' || typeof to !== 'number') return Number.POSITIVE_INFINITY
    return longest(adaptiveWindows(from, to))
  })
  return sides.reduce((area, side) => area * side, 1)
}

function against(node: Node): string | undefined {
  switch (node.kind) {
    case 'fusedConv':
      return 'the one kernel of a convolution with what it takes in is of float32'
    case 'softmax':
      return 'exponentials and their sum may pass what float16 holds'
    case 'batchNorm':
    case 'layerNorm':
      return 'its variance may be less than the least float16'
    case 'globalPool':
      return node.attributes.operator === 'average'
        ? 'the sum of a whole map may pass 65504'
        : undefined
    case 'adaptivePool': {
      const summed = summedBy(node)
      return summed <= mostSummed ? undefined : `the sum of ${summed} numbers may pass 65504`
    }
    case 'matmul': {
      const [places = 1] = node.inputs.left.type.shape.slice(-1)
      return typeof places === 'number' && places <= mostPlaces
        ? undefined
        : `of ${printDimension(places)} places the weights may be below the least float16`
    }
    case 'pool': {
      const { operator, kernel } = node.attributes
      const summed = operator === 'average' ? kernel[0] * kernel[1] : 1
      return summed > mostSummed ? `the sum of ${summed} numbers may pass 65504` : undefined
    }
    case 'anchors':
    case 'decodeBoxes':
    case 'gather':
    case 'nonMaxSuppression':
    case 'roiAlign':
      return ofBoxes
    case 'result':
      if (node.inputs.of.kind === 'topK') return ofBoxes
      return node.inputs.of.kind === 'foreign'
        ? 'nothing is known of a foreign operator'
        : undefined
    default:
      return undefined
  }
}
