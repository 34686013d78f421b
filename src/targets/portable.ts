import { costOf } from '../compiler/cost.js'
import type { Costs } from '../compiler/costs.js'
import { padChannels } from '../passes/pad-channels.js'
import { pipeline } from '../passes/pipeline.js'
import { sumBeforeResize } from '../passes/sum-before-resize.js'
import type { Target } from './target.js'

/** Multiply-accumulates: what a network costs where nobody measured. */
const counted: Costs = {
  source: 'multiply-accumulates of convolutions and linear layers',
  unit: 'MACs',
  of(node) {
    const cost = costOf(node)
    return typeof cost === 'string' ? 0 : cost.macs
  },
}

/** Any ONNX runtime. */
export const portable: Target = {
  name: 'portable',
  what: 'any ONNX runtime',
  opset: { least: 13, usual: 17, most: 21 },
  precisions: ['float32', 'float16', 'int8'],
  costs: counted,
  rules: [],
  session: () => ({ memoryPattern: true }),
  // Kernels of 8 bits take four channels at a time.
  passes: ({ precision }) =>
    precision === 'int8' ? [...pipeline, sumBeforeResize, padChannels(4)] : pipeline,
}
