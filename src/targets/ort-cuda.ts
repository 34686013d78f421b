import { asListed } from '../compiler/running.js'
import { broadcastUpsampled } from '../passes/broadcast-upsampled.js'
import { fuseConvolutions } from '../passes/fuse-convolutions.js'
import { gatherBiases } from '../passes/gather-biases.js'
import { orderSums } from '../passes/order-sums.js'
import { launching } from './costs/launching.js'
import { chunked, folded, placed } from './lists.js'
import { domains, fusedFloat32 } from './rules.js'
import { everywhere, type Goal, type Target } from './target.js'

/**
 * ONNX Runtime 1.30's CUDA provider, by the launches that it logs over stub libraries of CUDA: it fuses nothing by itself.
 * What they cost is counted: nobody measured on a GPU. Foreign operators that it has no kernel for go to the CPU without
 * a word.
 */
export const ortCuda: Target = {
  name: 'ort-cuda',
  what: 'ONNX Runtime on an NVIDIA GPU',
  opset: everywhere,
  precisions: ['float32', 'float16'],
  costs: launching,
  rules: [domains(['', 'com.microsoft']), fusedFloat32],
  takesStreams: true,
  running: asListed,
  session: () => ({ memoryPattern: true }),
  passes,
}

/**
 * A convolution is put last in its sum, and the biases of the others into it: it takes them in with the ReLU. Only then
 * are maps that are repeated added as often: the resize that a convolution adds stays one. In float16 there is no such
 * kernel.
 */
function passes(goal: Goal): ReturnType<Target['passes']> {
  return [
    ...folded,
    ...placed(launching),
    orderSums,
    gatherBiases,
    ...chunked(goal),
    ...(goal.precision === 'float32' ? [fuseConvolutions] : []),
    broadcastUpsampled(launching),
  ]
}
