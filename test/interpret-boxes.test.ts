import t from 'tap'
import { interpretNode } from '../src/compiler/interpret.js'
import { make } from '../src/compiler/make.js'
import type { ElementType, Kind, Kinds, Node, Value } from '../src/compiler/node.js'
import { NetworkError } from '../src/index.js'

// That each kind means what ONNX Runtime computes, onnx-operators.test.ts shows; here are values by hand.

const origin = { path: 'here', place: undefined }
const given = new Map<Node, Float64Array>()

function value(shape: readonly number[], numbers: readonly number[] = []): Value {
  return input('float32', shape, numbers)
}

function places(...numbers: readonly number[]): Value {
  return input('int64', [numbers.length], numbers)
}

function input(element: ElementType, shape: readonly number[], numbers: readonly number[]): Value {
  const node = make('input', {}, { name: 'x', type: { element, shape } }, origin)
  given.set(node, Float64Array.from(numbers))
  return node
}

function made<K extends Kind>(
  kind: K,
  inputs: Kinds[K]['inputs'],
  attributes: Kinds[K]['attributes'],
): number[] {
  const of = (node: Node): Float64Array => given.get(node) as Float64Array
  const node = make(kind, inputs, attributes, origin) as unknown as Node
  return [...interpretNode(node, { of, input: of, parameter: of })]
}

const picture = value([1, 3, 20, 40])
const still = { means: [0, 0, 0, 0], deviations: [1, 1, 1, 1] } as const

t.test('the largest come first, and of equal ones the first', (t) => {
  const x = value([2, 3], [1, 5, 3, 5, -2, 4])
  t.same(made('topK', { input: x }, { most: 4 }), [5, 5, 4, 3, 1, 3, 5, 2])
  t.same(made('topK', { input: x }, { most: 9 }), [5, 5, 4, 3, 1, -2, 1, 3, 5, 2, 0, 4])
  t.end()
})

t.test('rows are gathered of all, or of each entry one', (t) => {
  const x = value([2, 2, 2], [0, 1, 2, 3, 4, 5, 6, 7])
  t.same(made('gather', { input: x, places: places(3, 0) }, { each: false }), [6, 7, 0, 1])
  t.same(made('gather', { input: x, places: places(1, 0) }, { each: true }), [2, 3, 4, 5])
  t.end()
})

t.test('boxes stand at every position, row by row', (t) => {
  const like = value([1, 7, 2, 2])
  const boxes = [
    [-1, -2, 1, 2],
    [0, 0, 3, 3],
  ] as const
  t.same(made('anchors', { like }, { stride: 8, boxes }), [
    ...[-1, -2, 1, 2, 0, 0, 3, 3, 7, -2, 9, 2, 8, 0, 11, 3],
    ...[-1, 6, 1, 10, 0, 8, 3, 11, 7, 6, 9, 10, 8, 8, 11, 11],
  ])
  t.end()
})

t.test('a delta moves a box by its own sides, and stretches it about its centre', (t) => {
  const boxes = value([1, 4], [10, 4, 18, 8])
  const decoded = (deltas: number[], attributes: Kinds['decodeBoxes']['attributes'] = still) =>
    made('decodeBoxes', { boxes, deltas: value([1, 4], deltas), picture }, attributes)
  t.same(decoded([0, 0, 0, 0]), [10, 4, 18, 8])
  t.same(decoded([0.5, 1, 0, Math.log(2)]), [14, 6, 22, 14])
  t.same(decoded([5, 0, 0, 0], { means: [0, 0.5, 0, 0], deviations: [0.1, 1, 1, 1] }), [
    ...[14, 6, 22, 10],
  ])
  t.end()
})

t.test('a box is cut at the picture, and a pixel of it stays within', (t) => {
  const boxes = value([1, 4], [10, 4, 18, 8])
  const decoded = (...deltas: number[]) =>
    made('decodeBoxes', { boxes, deltas: value([1, 4], deltas), picture }, still)
  t.same(decoded(9, 9, 0, 0), [39, 19, 40, 20])
  t.same(decoded(-9, -9, 0, 0), [0, 0, 1, 1])
  // A side grows by 1000 / 16 at most: e^100 is 2.7e43.
  t.same(decoded(0, 0, 100, 0), [0, 4, 40, 8])
  t.end()
})

t.test('of boxes that overlap the one of the largest score is kept, each class by itself', (t) => {
  const boxes = value([1, 3, 4], [0, 0, 10, 10, 2, 0, 12, 10, 6, 0, 16, 10])
  const kept = (overlap: number, ...scores: number[]): number[] =>
    made(
      'nonMaxSuppression',
      { boxes, scores: value([1, scores.length / 3, 3], scores) },
      { overlap, least: 0.1 },
    )
  // The first and the second share 80 of 120, the second and the third 60 of 140, the first and the third 40 of 160.
  t.same(kept(0.5, 0.9, 0.8, 0.7), [1, 0, 1])
  t.same(kept(0.7, 0.9, 0.8, 0.7), [1, 1, 1])
  t.same(kept(0.2, 0.9, 0.8, 0.7), [1, 0, 0])
  t.same(kept(0.3, 0.5, 0.8, 0.7, 0.9, 0.8, 0.7), [0, 1, 0, 1, 0, 1])
  t.same(kept(0.9, 0.5, 0.1, 0.05), [1, 0, 0])
  t.end()
})

t.test('a bin is the mean of its samples, each between four positions', (t) => {
  // On a ramp, what is read anywhere within is where it is read.
  const ramp = value(
    [1, 1, 4, 8],
    Array.from({ length: 32 }, (_, at) => at % 8),
  )
  const aligned = (box: number[], side = 2): number[] =>
    made(
      'roiAlign',
      { levels: [ramp], boxes: value([1, 4], box) },
      { strides: [2], side, samples: 2, finest: 56 },
    )
  t.same(aligned([2, 0, 10, 4]), [2, 4, 2, 4])
  t.same(aligned([4, 2, 5, 3], 1), [2.25])
  t.same(aligned([-8, 0, -4, 4], 1), [0], 'nothing is read outside')
  t.end()
})

t.test('a box is of the level whose stride suits its size', (t) => {
  const flat = (of: number): Value => value([1, 1, 2, 2], [of, of, of, of])
  const level = (side: number): number[] =>
    made(
      'roiAlign',
      { levels: [flat(1), flat(2), flat(3)], boxes: value([1, 4], [0, 0, side, side]) },
      { strides: [64, 128, 256], side: 1, samples: 2, finest: 56 },
    )
  t.same([1, 111, 112, 223, 224, 500].flatMap(level), [1, 1, 2, 2, 3, 3])
  t.end()
})

const boxes = value([2, 4])
const aligning = { strides: [4], side: 7, samples: 2, finest: 56 }
const misfits: readonly (readonly [says: string, made: () => unknown])[] = [
  [
    'places of float32 [2]',
    () => made('gather', { input: picture, places: value([2]) }, { each: false }),
  ],
  [
    'rows of [1, 3, 20, 40] at [2]',
    () => made('gather', { input: picture, places: places(0, 1) }, { each: true }),
  ],
  [
    'a whole division of float32',
    () => made('wholeDivide', { input: boxes }, { by: 2, gives: 'quotient' }),
  ],
  [
    'boxes in a batch of 2 pictures',
    () => made('anchors', { like: value([2, 3, 8, 8]) }, { stride: 4, boxes: [[0, 0, 1, 1]] }),
  ],
  [
    'deltas of [2, 3] for boxes of [2, 4]',
    () => made('decodeBoxes', { boxes, deltas: value([2, 3]), picture }, still),
  ],
  [
    'boxes of [2, 5]',
    () => made('roiAlign', { levels: [picture], boxes: value([2, 5]) }, aligning),
  ],
  [
    'boxes out of levels [1, 3, 20, 40], [1, 4, 10, 20]',
    () => made('roiAlign', { levels: [picture, value([1, 4, 10, 20])], boxes }, aligning),
  ],
  [
    'boxes of [1, 2, 4] with scores of [1, 1, 3]',
    () =>
      made(
        'nonMaxSuppression',
        { boxes: value([1, 2, 4]), scores: value([1, 1, 3]) },
        { overlap: 0.5, least: 0 },
      ),
  ],
]

t.test('boxes, scores and levels that do not fit make no node, and both shapes are told', (t) => {
  for (const [says, made] of misfits) {
    t.throws(made, NetworkError, says)
    t.throws(made, { rule: 'shape', scope: 'here', message: says } as never)
  }
  t.end()
})
