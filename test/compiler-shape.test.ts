import t from 'tap'
import { symbolicDimension } from '../src/compiler/dimension.js'
import { make } from '../src/compiler/make.js'
import type { NodeOf, Origin, TensorType, Value } from '../src/compiler/node.js'
import { NetworkError } from '../src/index.js'

const origin: Origin = { path: 'here', place: undefined }

function value(...shape: TensorType['shape']): Value {
  return make('input', {}, { name: 'x', type: { element: 'float32', shape } }, origin)
}

function weight(...shape: number[]): NodeOf<'parameter'> {
  return make('parameter', {}, { name: 'w', shape, role: 'weight' }, origin)
}

const int8 = make(
  'input',
  {},
  { name: 'i', type: { element: 'int8', shape: [1, 4, 8, 8] } },
  origin,
)
const map = value(1, 4, 8, 8)
const window = { strides: [1, 1], padding: [0, 0, 0, 0], dilations: [1, 1], groups: 1 } as const
const transposed = { ...window, outputPadding: [0, 0] } as const
const height = symbolicDimension('height')
const [three, four] = [weight(3), weight(4)]
const norm = { scale: four, shift: four, mean: four, variance: four }

/** Operands that do not fit, which the language refuses before, and a pass could still bring together. */
const misfits: readonly (readonly [says: string, made: () => unknown])[] = [
  [
    'a convolution of 3 channels over 4',
    () => make('conv', { input: map, weight: weight(6, 3, 1, 1) }, window, origin),
  ],
  [
    'a transposed convolution of 3 channels over 4',
    () => make('convTranspose', { input: map, weight: weight(3, 6, 1, 1) }, transposed, origin),
  ],
  [
    'a bias of [3] for 6 channels',
    () => make('conv', { input: map, weight: weight(6, 4, 1, 1), bias: three }, window, origin),
  ],
  ['a weight of [6, 4]', () => make('conv', { input: map, weight: weight(6, 4) }, window, origin)],
  [
    'a map of [1, 4]',
    () => make('globalPool', { input: value(1, 4) }, { operator: 'max' }, origin),
  ],
  [
    'batch norm over [4]',
    () => make('batchNorm', { input: value(4), ...norm }, { epsilon: 1 }, origin),
  ],
  [
    'a mean of [3] for 4 channels',
    () => make('batchNorm', { input: map, ...norm, mean: three }, { epsilon: 1 }, origin),
  ],
  ['a sum of float32 and int8', () => make('add', { left: map, right: int8 }, {}, origin)],
  ['8 is not 7', () => make('add', { left: map, right: value(7) }, {}, origin)],
  [
    '[1, 4, 8, 8] and [1, 4, 6, 8]: 8 is not 6',
    () => make('matmul', { left: map, right: value(1, 4, 6, 8) }, {}, origin),
  ],
  ['a matrix of [4]', () => make('matmul', { left: map, right: value(4) }, {}, origin)],
  [
    'a pixel shuffle of 6 channels by 2',
    () => make('depthToSpace', { input: value(1, 6, 2, 2) }, { factor: 2 }, origin),
  ],
  [
    'a reshape of [1, height, 8] to [3, rest]',
    () => make('reshape', { input: value(1, height, 8) }, { sides: [3, 'rest'] }, origin),
  ],
  [
    'floor((height*width + 1)/1) is no known size',
    () => {
      const [input, axis] = [value(1, height, symbolicDimension('width')), 1]
      const flat = make('reshape', { input }, { sides: ['same', 'rest'] }, origin)
      return make('pad', { input: flat }, { axis, before: 1, after: 0 }, origin)
    },
  ],
  ['a concat of nothing', () => make('concat', { parts: [] }, { axis: 0 }, origin)],
  [
    'a concat of [1, 4, 8, 8] along axis 4',
    () => make('concat', { parts: [map] }, { axis: 4 }, origin),
  ],
  [
    'a concat of [1, 4, 8, 8] and [1, 4, 8, 7] along axis 1',
    () => make('concat', { parts: [map, value(1, 4, 8, 7)] }, { axis: 1 }, origin),
  ],
  [
    'height + height is no known size',
    () => make('concat', { parts: [value(height), value(height)] }, { axis: 0 }, origin),
  ],
  [
    'a split into 1 + 2 = 3 of [1, 4, 8, 8] along axis 1',
    () => make('split', { input: map }, { axis: 1, sizes: [1, 2] }, origin),
  ],
  [
    'a linear layer of 5 channels over [1, 4]',
    () => make('linear', { input: value(1, 4), weight: weight(2, 5) }, {}, origin),
  ],
  [
    'a reshape of [1, 4, 8, 8] to [1, 3]',
    () => make('reshape', { input: map }, { sides: ['same', 3] }, origin),
  ],
  ['no axis 1 in [4]', () => make('reshape', { input: value(4) }, { sides: [4, 'same'] }, origin)],
  [
    'normFactor of 1',
    () =>
      make('derived', { from: [four] }, { derivation: { rule: 'normFactor', epsilon: 1 } }, origin),
  ],
  [
    'throughWeight of 4',
    () =>
      make(
        'derived',
        { from: [weight(3, 4), four, three, three] },
        { derivation: { rule: 'throughWeight', groups: 1 } },
        origin,
      ),
  ],
  [
    'a factor of [3] for 4 channels',
    () =>
      make(
        'derived',
        { from: [weight(4, 3), three] },
        { derivation: { rule: 'scaleChannels', axis: 0, groups: 1 } },
        origin,
      ),
  ],
]

t.test('operands that do not fit make no node, and both shapes are told', (t) => {
  for (const [says, made] of misfits) {
    t.throws(made, NetworkError, says)
    t.throws(made, { rule: 'shape', scope: 'here', message: says } as never)
  }
  t.end()
})

t.test('a length that is a number may follow one that is open, on either side', (t) => {
  const shape = (...parts: readonly Value[]) =>
    make('concat', { parts }, { axis: 0 }, origin).type.shape
  t.strictSame(shape(value(height), value(2)), shape(value(2), value(height)))
  t.end()
})
