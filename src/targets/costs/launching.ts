import type { Costs } from '../../compiler/costs.js'
import { isConstant, type Node, operandsOf } from '../../compiler/node.js'
import { launchesOf } from './launches.js'
import { usualBytes, usualMacs } from './usual.js'

/**
 * What may be read and written, and multiplied, while one launch is made. The rates are the data sheet's of an H100 SXM:
 * 3.35 TB/s, and 495 TFLOP/s of TF32, two operations a multiply-accumulate; with --no-tf32 a multiplication costs seven
 * times that (67 TFLOP/s of float32 outside the tensor cores). That a launch takes 3 µs is a guess.
 */
const launch = { bytes: 10e6, macs: 740e6 } as const

/** What a network costs on an NVIDIA GPU, where nobody measured: launches, and work as so many more. */
export const launching: Costs = {
  source: `counted: launches on ONNX Runtime's CUDA provider, and one more for each ${launch.bytes / 1e6} MB of activations read or written and each ${launch.macs / 1e6} MMACs`,
  unit: 'launches',
  // Nobody measured what it is off: whatever counts less is taken.
  misfit: 0,
  of(node) {
    const launches = launchesOf(node)
    if (launches === 0) return 0
    return launches + movedBy(node) / launch.bytes + usualMacs(node) / launch.macs
  },
}

/** Bytes of activations: each launch reads what the one before has written. */
function movedBy(node: Node): number {
  const read = operandsOf(node).filter((operand) => !isConstant(operand))
  return read.reduce((sum, operand) => sum + usualBytes(operand), usualBytes(node))
}
