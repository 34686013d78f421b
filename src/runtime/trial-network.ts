import { Buffer } from 'node:buffer'
import type { TensorData, Tensors } from './tensor.js'

/** One convolution of a kernel that is fed too: y [1, 64, 14, 14] = x [1, 64, 16, 16] * w [64, 64, 3, 3], in opset 17. */
export const trialModel: Uint8Array = Buffer.from(
  'CAg6dQoVCgF4CgF3EgF5GgRjb252IgRDb252EgV0cmlhbFobCgF4EhYKFAgBEhAKAggBCgIIQAoCCBAKAggQWhsKAXcSFgoUCAES' +
    'EAoCCEAKAghACgIIAwoCCANiGwoBeRIWChQIARIQCgIIAQoCCEAKAggOCgIIDkIECgAQEQ==',
  'base64',
)

/** Of float32 this keeps every digit; TF32 has 10 bits behind the point, and rounds it to 1. */
const fine = 1 + 2 ** -12
const taps = 64 * 3 * 3

export const trialFeeds: Tensors = {
  x: filled(fine, [1, 64, 16, 16]),
  w: filled(1, [64, 64, 3, 3]),
}

/** What the numbers of a run tell: what was computed in, or one that is wrong. */
export type Arithmetic = 'float32' | 'tf32' | { readonly wrong: number; readonly due: number }

/** What a small convolution showed of a provider, as this process uses it. */
export interface ProviderArithmetic {
  /** Of ONNX Runtime. */
  readonly version: string
  /** Whether it rounded its operands to TF32. */
  readonly tf32: boolean
}

/** Every result is 576 × (1 + 2^-12), and 576 where the operands were rounded to TF32 before. */
export function arithmeticOf(y: Float32Array): Arithmetic {
  const near = (due: number): boolean =>
    y.length === 64 * 14 * 14 && y.every((value) => Math.abs(value / due - 1) < 2 ** -14)
  if (near(taps * fine)) return 'float32'
  if (near(taps)) return 'tf32'
  return { wrong: y[0] ?? Number.NaN, due: taps * fine }
}

function filled(value: number, dims: readonly number[]): TensorData {
  return { data: new Float32Array(dims.reduce((a, b) => a * b)).fill(value), dims }
}
