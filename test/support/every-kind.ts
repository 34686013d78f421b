import { make } from '../../src/compiler/make.js'
import type { ElementType, NodeOf, Value } from '../../src/compiler/node.js'
import { Feature, Tensor, type Tensorial } from '../../src/dsl/feature.js'
import { functionOrigin } from '../../src/dsl/scope.js'
import {
  adaptivePool,
  add,
  argMax,
  attention,
  averagePool,
  batchNorm,
  channelShuffle,
  concat,
  conv,
  convTranspose,
  depthwise,
  feature,
  foreign,
  fromWindows,
  gelu,
  globalPool,
  hardSigmoid,
  hardSwish,
  image,
  layerNorm,
  leakyRelu,
  linear,
  type Model,
  matmul,
  maxPool,
  model,
  multiply,
  parameter,
  pixelShuffle,
  relativePositionBias,
  relu,
  relu6,
  resize,
  scope,
  shared,
  sigmoid,
  silu,
  softmax,
  split,
  tanh,
  tokens,
  windows,
} from '../../src/index.js'

type Body = (x: Feature<4, 1>) => Tensorial

const nearest = { mode: 'nearest' } as const
const bilinear = { mode: 'bilinear' } as const
const aligned = { mode: 'bilinear', alignCorners: true } as const

const halved = (x: Feature<4, 1>) => maxPool(x, { kernel: 3, stride: 2 })
const quartered = (x: Feature<4, 1>) => maxPool(halved(x), { kernel: 3, stride: 2 })

/** What no layer makes: other elements, and another order of axes. */
const cast = (x: Tensorial, to: ElementType) =>
  new Tensor(make('cast', { input: x.value }, { to }, functionOrigin('cast')), x.trace)
const transpose = (x: Tensorial, order: readonly number[]) =>
  new Tensor(make('transpose', { input: x.value }, { order }, functionOrigin('transpose')), x.trace)
/** A product of matrices of any axes. */
const product = (left: Tensorial, right: Tensorial) =>
  new Tensor(
    make('matmul', { left: left.value, right: right.value }, {}, functionOrigin('matmul')),
    left.trace,
  )
/** A convolution as it becomes when it takes in what follows it. */
const fused = (layer: Feature<number, 1>, addend?: Feature<number, 1>) => {
  const { inputs, attributes } = layer.value as NodeOf<'conv'>
  const operands = { ...inputs, addend: addend?.value }
  return new Tensor(make('fusedConv', operands, attributes, functionOrigin('fused')), layer.trace)
}
const along = (kind: 'softmax' | 'argMax', x: Tensorial, axis: number) => {
  const value: Value = make(kind, { input: x.value }, { axis }, functionOrigin(kind))
  return new Tensor(value, x.trace)
}
const wide = (x: Feature<4, 1>) => multiply(x, parameter('wide', [4, 1, 1]), parameter('more', [1]))

/** Every way in which a kind of node is written, over a feature of four channels and any size. */
const anySize: Readonly<Record<string, Body>> = {
  conv: (x) => conv(x, 3, { kernel: 3 }),
  convBias: (x) => conv(x, 3, { kernel: 1, bias: true }),
  convGroupsDilated: (x) => conv(x, 6, { kernel: 3, groups: 2, dilation: 2, stride: 2 }),
  convOblong: (x) => conv(x, 2, { kernel: [3, 5], bias: true }),
  convDepthwise: (x) => depthwise(x, { kernel: 3, stride: 2, bias: true }),
  fusedConv: (x) => fused(conv(x, 3, { kernel: 3, dilation: 2 })),
  fusedConvBias: (x) => fused(conv(x, 4, { kernel: 3, groups: 2, bias: true }), tanh(x)),
  fusedConvAddend: (x) => fused(conv(x, 4, { kernel: [3, 1] }), x),
  norm: (x) => batchNorm(x),
  normEpsilon: (x) => batchNorm(x, { epsilon: 0.5 }),
  normVector: (x) => batchNorm(globalPool(x)),
  relu: (x) => relu(x),
  relu6: (x) => relu6(multiply(x, parameter('scale', [1]))),
  leakyRelu: (x) => leakyRelu(x),
  leakyReluSlope: (x) => leakyRelu(x, { slope: -0.75 }),
  sigmoid: (x) => sigmoid(x),
  tanh: (x) => tanh(x),
  hardSigmoid: (x) => hardSigmoid(x),
  hardSwish: (x) => hardSwish(x),
  silu: (x) => silu(x),
  gelu: (x) => gelu(x),
  geluVector: (x) => gelu(globalPool(x)),
  add: (x) => add(x, relu(x), tanh(x)),
  addParameter: (x) => add(x, parameter('channels', [4, 1, 1])),
  addTensor: (x) => add(x, parameter('tensor', [1, 4, 1, 1]), parameter('one', [1, 1])),
  multiply: (x) => multiply(x, relu(x)),
  multiplyVector: (x) => multiply(x, sigmoid(globalPool(x))),
  multiplyParameter: (x) => multiply(x, parameter('channels', [1, 4, 1, 1])),
  concat: (x) => concat(x, relu(x), conv(x, 1, { kernel: 1 })),
  concatVectors: (x) => concat(globalPool(x), globalPool(x, 'max')),
  split: (x) => {
    const [a, b, c] = split(x, [1, 2, 1])
    return concat(relu(b), c, a)
  },
  splitOutput: (x) => split(x, [3, 1])[0],
  splitOne: (x) => relu(split(x, [4])[0]),
  resizeNearestToFeature: (x) => resize(quartered(x), x, nearest),
  resizeBilinearToFeature: (x) => resize(quartered(x), x, bilinear),
  resizeAlignedToFeature: (x) => resize(quartered(x), x, aligned),
  resizeNearestDown: (x) => resize(x, quartered(x), nearest),
  resizeBilinearDown: (x) => resize(x, quartered(x), bilinear),
  resizeAlignedDown: (x) => resize(x, quartered(x), aligned),
  maxPool: (x) => maxPool(x, { kernel: 3, stride: 2 }),
  maxPoolSame: (x) => maxPool(x, { kernel: 5, stride: 1 }),
  averagePool: (x) => averagePool(x, { kernel: 3, stride: 2 }),
  averagePoolCounted: (x) => averagePool(x, { kernel: 3, stride: 2, countPadding: true }),
  averagePoolSame: (x) => averagePool(x, { kernel: 3, stride: 1 }),
  globalAverage: (x) => globalPool(x),
  globalMax: (x) => globalPool(x, 'max'),
  adaptiveWhole: (x) => adaptivePool(x, [1, 1]),
  matmul: (x) => product(x, transpose(x, [0, 1, 3, 2])),
  matmulSpread: (x) => product(parameter('rows', [2, 4]), transpose(x, [0, 2, 1, 3])),
  matmulRegions: (x) =>
    matmul(softmax(tokens(x), 'tokens'), tokens(relu(x)), { transposeLeft: true }),
  layerNorm: (x) => layerNorm(x),
  layerNormTokens: (x) => layerNorm(tokens(x), { epsilon: 0.5 }),
  layerNormVector: (x) => layerNorm(globalPool(x)),
  linearTokens: (x) => feature(linear(tokens(x), 3), x),
  linearTokensPlain: (x) => linear(tokens(x), 2, { bias: false }),
  attention: (x) => {
    const y = tokens(x)
    return attention(y, tokens(quartered(x)), linear(tokens(quartered(x)), 6), { heads: 2 })
  },
  channelShuffle: (x) => channelShuffle(x, 2),
  linear: (x) => linear(globalPool(x), 3),
  linearPlain: (x) => linear(linear(globalPool(x), 5), 2, { bias: false }),
  identity: (x) =>
    new Feature(
      make('identity', { input: x.value }, {}, functionOrigin('identity')),
      4,
      1,
      x.trace,
    ),
  castWhole: (x) => cast(wide(x), 'int32'),
  castBytes: (x) => cast(relu(x), 'uint8'),
  castTruth: (x) => cast(relu(x), 'bool'),
  castBack: (x) => relu(cast(cast(cast(wide(x), 'int8'), 'int64'), 'float32')),
  castWide: (x) => cast(tanh(cast(x, 'float64')), 'float32'),
  transpose: (x) => transpose(x, [0, 2, 3, 1]),
  transposeBack: (x) => transpose(transpose(conv(x, 3, { kernel: 1 }), [3, 1, 0, 2]), [2, 1, 3, 0]),
  transposeVector: (x) => transpose(globalPool(x), [1, 0]),
  softmax: (x) => softmax(x),
  softmaxVector: (x) => softmax(globalPool(x)),
  softmaxRows: (x) => along('softmax', x, 3),
  softmaxBatch: (x) => along('softmax', x, 0),
  argMax: (x) => argMax(x),
  argMaxTies: (x) => argMax(relu(x)),
  argMaxVector: (x) => argMax(globalPool(x)),
  argMaxRows: (x) => along('argMax', x, 2),
  shared: (x) => {
    const twice = () => shared('unit', () => conv(x, 4, { kernel: 3, bias: true, name: 'conv' }))
    return add(twice(), relu(twice()))
  },
  passedThrough: (x) => x,
  constant: () => relu(parameter('free', [2, 3])),
  parameter: () => parameter('free', [3]),
}

/** What an input that is free, and no multiple of the strides, may be too small for, or gives no known size. */
const knownSize: Readonly<Record<string, Body>> = {
  resizeNearestHalf: (x) => resize(x, 2, nearest),
  resizeBilinearHalf: (x) => resize(x, 2, bilinear),
  resizeAlignedQuarter: (x) => resize(x, 4, aligned),
  maxPoolEven: (x) => maxPool(x, { kernel: 2, stride: 2 }),
  averagePoolEven: (x) => averagePool(x, { kernel: 4, stride: 2, countPadding: true }),
  convOblongPadded: (x) => conv(x, 2, { kernel: [4, 1], padding: [1, 0], stride: 2 }),
  adaptiveToFeature: (x) => adaptivePool(x, quartered(x)),
  pixelShuffle: (x) => pixelShuffle(conv(x, 8, { kernel: 3, stride: 2 }), 2),
  transposed: (x) => convTranspose(halved(x), 6, { kernel: 4, stride: 2, groups: 2, bias: true }),
  transposedOdd: (x) => convTranspose(quartered(x), 3, { kernel: 3, stride: 2 }),
  transposedDepthwise: (x) => convTranspose(halved(x), 4, { kernel: 2, stride: 2, groups: 4 }),
  resizeNearestUp: (x) => resize(quartered(x), 1, nearest),
  resizeBilinearUp: (x) => resize(quartered(x), 2, bilinear),
  resizeAlignedUp: (x) => resize(quartered(x), 1, aligned),
}

/** What an open size gives no windows. */
const fixedSize: Readonly<Record<string, Body>> = {
  adaptivePool: (x) => adaptivePool(x, [3, 5]),
  adaptiveWiden: (x) => adaptivePool(quartered(x), [2, 7]),
  windows: (x) => windows(x, 4),
  windowAttention: (x) => {
    const y = windows(x, 3)
    const bias = relativePositionBias(3, 2)
    return fromWindows(softmax(attention(y, y, y, { heads: 2, bias })), 3, x)
  },
  windowsWhole: (x) => fromWindows(windows(x, 1), 1, x),
  adaptiveOneSide: (x) => resize(adaptivePool(x, [1, 4]), x, bilinear),
}

/** Operators that heddle does not know, each with what it equals in heddle's own words. */
const foreigners: Readonly<Record<string, { readonly foreign: Body; readonly own: Body }>> = {
  foreign: {
    foreign: (x) =>
      foreign('LeakyRelu', {
        inputs: [x],
        attributes: { alpha: 0.25 },
        results: [{ kind: 'feature', channels: 4, stride: 1 }],
      })[0],
    own: (x) => leakyRelu(x, { slope: 0.25 }),
  },
  foreignDomain: {
    foreign: (x) =>
      foreign('QuickGelu', {
        domain: 'com.microsoft',
        version: 1,
        inputs: [x],
        attributes: { alpha: 1 },
        results: [{ kind: 'feature', channels: 4, stride: 1 }],
      })[0],
    own: (x) => silu(x),
  },
  foreignParameter: {
    foreign: (x) =>
      foreign('Mul', {
        inputs: [x, parameter('scale', [4, 1, 1])],
        results: [{ kind: 'feature', channels: 4, stride: 1 }],
      })[0],
    own: (x) => multiply(x, parameter('scale', [4, 1, 1])),
  },
}

const foreignersOfKnownSize: typeof foreigners = {
  foreignResults: {
    foreign: (x) =>
      foreign('MaxPool', {
        inputs: [x],
        attributes: { kernel_shape: [2n, 2n], strides: [2n, 2n] },
        results: [
          { kind: 'feature', channels: 4, stride: 2 },
          {
            kind: 'tensor',
            element: 'int64',
            shape: [
              { operand: 0, axis: 0, times: 1, over: 1 },
              4,
              { operand: 0, axis: 2, times: 1, over: 2 },
              { operand: 0, axis: 3, times: 1, over: 2 },
            ],
          },
        ],
      })[0],
    own: (x) => maxPool(x, { kernel: 2, stride: 2 }),
  },
}

function written(bodies: readonly (readonly [string, Body])[]): Model {
  return model('every_kind', image(4, { size: [7, 12] }), (x) =>
    Object.fromEntries(bodies.map(([name, body]) => [name, scope(`of.${name}`, () => body(x))])),
  )
}

const multiples = { ...anySize, ...knownSize }
const known = { ...multiples, ...fixedSize }
const allForeigners = { ...foreigners, ...foreignersOfKnownSize }

function bodies(
  own: Readonly<Record<string, Body>>,
  others: typeof foreigners,
  as: 'foreign' | 'own',
): readonly (readonly [string, Body])[] {
  return [
    ...Object.entries(own),
    ...Object.entries(others).map(([name, both]) => [name, both[as]] as const),
  ]
}

/** Every kind of node, foreign operators too, each under an output of its own. */
export const everyKind: Model = written(bodies(known, allForeigners, 'foreign'))
/** The same network without foreign operators, which nothing but a runtime can compute. */
export const everyOwnKind: Model = written(bodies(known, allForeigners, 'own'))
/** What takes an input of open multiples of 32. */
export const everyKindOfMultiples: Model = written(bodies(multiples, allForeigners, 'foreign'))
export const everyOwnKindOfMultiples: Model = written(bodies(multiples, allForeigners, 'own'))
/** What takes an input of any size. */
export const everyKindOfAnySize: Model = written(bodies(anySize, foreigners, 'foreign'))
export const everyOwnKindOfAnySize: Model = written(bodies(anySize, foreigners, 'own'))
