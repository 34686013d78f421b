import { costOf } from '../compiler/cost.js'
import type { Costs } from '../compiler/costs.js'
import { pipeline } from '../passes/pipeline.js'
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
  passes: () => pipeline,
}
