import { dispatch, type Node, type NodeOf, type PerKind } from '../compiler/node.js'
import { InternalError } from '../errors.js'
import { activation } from './bounds/activation.js'
import { argMax, softmax } from './bounds/along.js'
import { type Bound, type Bounding, on } from './bounds/bounding.js'
import { decodeBoxes, roiAlign } from './bounds/boxes.js'
import { gather, nonMaxSuppression, topK, wholeDivide } from './bounds/choosing.js'
import { derived } from './bounds/derivation.js'
import { layerNorm } from './bounds/layer-norm.js'
import { cast, dequantize, quantize } from './bounds/narrowing.js'
import {
  adaptivePool,
  add,
  batchNorm,
  conv,
  convTranspose,
  fusedConv,
  globalPool,
  linear,
  matmul,
  multiply,
  passedOn,
  pool,
  resize,
} from './bounds/sums.js'

export type { Bound, Bounding } from './bounds/bounding.js'

/**
 * Running error bounds (N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., ch. 3): how far each
 * element of a node's value, as it was computed, may be from what exact arithmetic gives, of operands that are within
 * their own bounds. With fl(a ∘ b) = (a ∘ b)·(1 + δ), |δ| ≤ u (eq. 2.4: nothing over- or underflows) and γₙ =
 * n·u / (1 − n·u):
 *
 *     y = Σ w·x + b, n terms    |ŷ − y| ≤ Σ |w|·eₓ + (|x| + eₓ)·e_w + e_b + γₙ·(Σ |w||x| + |b|)    (3.4, 3.5)
 *     y = f(x), |f′| ≤ L         |ŷ − y| ≤ L·eₓ + k·u·|f(x)|
 *     y moves what it reads      |ŷ − y| ≤ eₓ, moved alike
 *     y is a step of x           0 where the interval x ± eₓ lies on one step, else the whole step
 *
 * Σ |w||x| is the same node computed of absolute values. A bound is rounded itself: it is a sum of what is positive,
 * so by far less than a millionth of it, which is added where it is compared.
 */
const bounds: PerKind<Bound, [Bounding]> = {
  input: (node) => exact(node),
  parameter: (node) => exact(node),
  derived,
  conv,
  fusedConv,
  convTranspose,
  batchNorm,
  activation,
  add,
  multiply,
  concat: (node, { of, boundOf }) => {
    const { parts } = node.inputs
    if (!parts.some(boundOf)) return undefined
    return on(node, {
      parts: parts.map((part) => boundOf(part) ?? new Float64Array(of(part).length)),
    })
  },
  split: ({ inputs }, { boundOf }) => boundOf(inputs.input),
  resize,
  pool,
  globalPool,
  adaptivePool,
  matmul,
  depthToSpace: passedOn,
  layerNorm,
  windows: passedOn,
  fromWindows: passedOn,
  linear,
  reshape: passedOn,
  identity: passedOn,
  cast,
  quantize,
  dequantize,
  pad: passedOn,
  transpose: passedOn,
  softmax,
  argMax,
  topK,
  gather,
  wholeDivide,
  anchors: () => undefined,
  decodeBoxes,
  roiAlign,
  nonMaxSuppression,
  foreign: ({ attributes }) => {
    throw new InternalError(`a bound of the foreign operator ${attributes.operator}`)
  },
  result: (node, { boundOf }) => {
    const bound = boundOf(node.inputs.of)
    return bound && on(node, { of: bound })
  },
}

/** What is given is what it is. */
function exact(_: NodeOf<'input'> | NodeOf<'parameter'>): Bound {
  return undefined
}

/** How far each element of a node's computed value may be from its exact one; nothing where it is exact. */
export function boundOf(node: Node, around: Bounding): Bound {
  return dispatch(bounds, node, around)
}
