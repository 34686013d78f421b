import { make } from '../../src/compiler/make.js'
import { like } from '../../src/dsl/feature.js'
import {
  adaptivePool,
  add,
  averagePool,
  batchNorm,
  concat,
  conv,
  convTranspose,
  type Feature,
  gelu,
  globalPool,
  hardSigmoid,
  hardSwish,
  image,
  layerNorm,
  leakyRelu,
  linear,
  type Model,
  maxPool,
  model,
  multiply,
  pixelShuffle,
  relu,
  relu6,
  resize,
  sigmoid,
  silu,
  softmax,
  type Tensorial,
  tanh,
} from '../../src/index.js'

type Map8 = Feature<8, 1>

const kernel = 3
const transposed = { kernel: 4, stride: 2 } as const
const coarser = (x: Map8): Feature<8, 2> => maxPool(x, { kernel: 2, stride: 2 })

/** The networks of test/fixtures/conventions/make.py: a layer each, of 8 channels, by the same names. */
export const layers: Readonly<Record<string, Model>> = {
  conv: net((x) => conv(x, 6, { kernel })),
  'biased conv': net((x) => conv(x, 6, { kernel, bias: true })),
  'conv in groups': net((x) => conv(x, 6, { kernel, groups: 2 })),
  'conv and norm': net((x) => batchNorm(conv(x, 6, { kernel }))),
  'norm and conv': net((x) => conv(relu(batchNorm(x)), 6, { kernel })),
  'transposed conv': net((x) => convTranspose(coarser(x), 6, transposed)),
  'biased transposed conv': net((x) => convTranspose(coarser(x), 6, { ...transposed, bias: true })),
  'transposed conv in groups': net((x) =>
    convTranspose(coarser(x), 6, { ...transposed, groups: 2 }),
  ),
  'transposed conv and norm': net((x) => batchNorm(convTranspose(coarser(x), 6, transposed))),
  linear: net((x) => linear(globalPool(x), 5)),
  'linear without bias': net((x) => linear(globalPool(x), 5, { bias: false })),
  relu: behind(relu),
  relu6: behind(relu6),
  leakyRelu: behind(leakyRelu),
  sigmoid: behind(sigmoid),
  tanh: behind(tanh),
  hardSigmoid: behind(hardSigmoid),
  hardSwish: behind(hardSwish),
  silu: behind(silu),
  gelu: behind(gelu),
  softmax: behind(softmax),
  add: behind((x) => add(x, x)),
  multiply: behind((x) => multiply(x, x)),
  concat: behind((x) => concat(x, x)),
  'nearest by a factor': behind((x) => resize(coarser(x), 1, { mode: 'nearest' })),
  'nearest to a size': behind((x) => resize(coarser(x), x, { mode: 'nearest' })),
  'bilinear by a factor': behind((x) => resize(coarser(x), 1, { mode: 'bilinear' })),
  'bilinear to a size': behind((x) => resize(coarser(x), x, { mode: 'bilinear' })),
  'max pool': behind((x) => maxPool(x, { kernel, stride: 2 })),
  'average pool': behind((x) => averagePool(x, { kernel: 2, stride: 2 })),
  'global pool': behind((x) => globalPool(x)),
  'global max pool': behind((x) => globalPool(x, 'max')),
  'adaptive pool': behind((x) => adaptivePool(x, [4, 8])),
  'uneven adaptive pool': behind((x) => adaptivePool(x, [5, 7])),
  'adaptive pool to one': behind((x) => adaptivePool(x, [1, 1])),
  'layer norm': behind(layerNorm),
  matmul: behind(squared),
  bmm: { ...behind(squared), calls: { matmul: 'bmm' } },
  'pixel shuffle': behind((x) => pixelShuffle(coarser(x), 2)),
}

function net(body: (x: Map8) => Tensorial): Model {
  return model('layer', image(8), (x) => ({ y: body(x) }))
}

/** A function of what a convolution with a bias gives. */
function behind(body: (x: Map8) => Tensorial): Model {
  return net((x) => body(conv(x, 8, { kernel, bias: true })))
}

/** A matrix of each channel, by itself turned over. */
function squared(x: Map8): Map8 {
  const origin = { path: 'matmul', place: undefined }
  const right = make('transpose', { input: x.value }, { order: [0, 1, 3, 2] }, origin)
  return like(x, make('matmul', { left: x.value, right }, {}, origin))
}
