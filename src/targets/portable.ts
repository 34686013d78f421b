import { asListed } from '../compiler/running.js'
import { counted } from './costs/counted.js'
import { exact, narrow } from './lists.js'
import { everywhere, type Target } from './target.js'

/** Any ONNX runtime. What it goes through asks for no operator that was not there before, and no size of tensor. */
export const portable: Target = {
  name: 'portable',
  what: 'any ONNX runtime',
  opset: everywhere,
  precisions: ['float32', 'float16', 'int8'],
  costs: counted,
  rules: [],
  running: asListed,
  // Where ONNX Runtime is what runs it: it takes 12 to 30 % less without the pattern, and no longer.
  session: ({ lowMemory }) => ({ memoryPattern: !lowMemory }),
  passes: (goal) => (goal.precision === 'int8' ? narrow : exact(goal, counted)),
}
