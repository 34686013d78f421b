import type { Comparison } from '../../src/runtime/compare.js'
import type { Precision } from './plan.js'

/**
 * What the root of the mean square of Δ may be over that of the reference, which is float32 on the CPU. TF32 and
 * float16 keep 10 bits behind the point.
 */
export const tolerances: Readonly<Record<Precision, number>> = {
  float32: 1e-4,
  tf32: 1e-2,
  float16: 1e-2,
}

/** Why an answer is wrong; nothing where it is right. */
export function wrong({ note, rms }: Comparison, precision: Precision): string | undefined {
  const most = tolerances[precision]
  if (rms <= most) return undefined
  return `the answer is wrong: ${Number.isNaN(rms) ? note : `rms Δ / rms reference is ${rms.toExponential(1)}, past ${most} of ${precision}`}`
}
