import t from 'tap'
import { interpret } from '../src/compiler/interpret.js'
import { make } from '../src/compiler/make.js'
import type { Value } from '../src/compiler/node.js'
import { specialise } from '../src/compiler/specialise.js'
import { Boxes, Tensor, type Tensorial, Vector } from '../src/dsl/feature.js'
import { functionOrigin } from '../src/dsl/scope.js'
import {
  adaptivePool,
  anchors,
  conv,
  ddrnet,
  decodeBoxes,
  detections,
  type Feature,
  globalPool,
  image,
  layerNorm,
  maxPool,
  mean,
  model,
  type Outputs,
  parameter,
  proposals,
  resnet,
  roiAlign,
  softmax,
} from '../src/index.js'

type Picture = Feature<1, 1>
type Body = (x: Picture) => Outputs

/** Numbers that stand in the network. */
function literal(shape: readonly number[], numbers: readonly number[]): Value {
  const derivation = { rule: 'literal', element: 'float32', shape, numbers } as const
  return make('derived', { from: [] }, { derivation }, functionOrigin('literal'))
}

/** What a network makes of a picture of zeros. */
function made(body: Body, size: readonly [number, number] = [16, 16]): Record<string, number[]> {
  const network = model('net', image(1, { name: 'x' }), body)
  const [height, width] = size
  const graph = specialise(network.graph, { batch: 1, height, width })
  const feeds = new Map([['x', new Float64Array(height * width)]])
  const values = interpret(graph, feeds, ({ type }) =>
    Float64Array.from(
      { length: type.shape.reduce((a: number, b) => a * (b as number), 1) },
      () => 0,
    ),
  )
  return Object.fromEntries(
    graph.outputs.map(({ name, value }) => [name, [...(values.get(value) as Float64Array)]]),
  )
}

const rounded = (numbers: readonly number[] = []): number[] =>
  numbers.map((n) => Math.round(n * 1e6) / 1e6)

t.test('anchors are those of mmdetection, whose last pixel is within', (t) => {
  const { boxes } = made((x) => ({ boxes: anchors(conv(x, 1, { kernel: 3, stride: 4 })) }), [4, 8])
  // AnchorGenerator(4, [8], [0.5, 1, 2]) has [-21, -9, 24, 12], [-14, -14, 17, 17], [-9, -21, 12, 24].
  const first = [-21, -9, 25, 13, -14, -14, 18, 18, -9, -21, 13, 25]
  t.same(boxes, [...first, ...first.map((n, i) => (i % 2 === 0 ? n + 4 : n))])
  t.end()
})

t.test('where fewer proposals are found, boxes that do not count fill up', (t) => {
  const found = made((x) => {
    // All scores are 1/2 and no delta moves: of equal anchors the first stays, and all that overlap it go.
    const level = {
      objectness: conv(x, 1, { kernel: 1, stride: 8 }),
      deltas: conv(x, 4, { kernel: 1, stride: 8 }),
    }
    const { boxes, real } = proposals([level], x, {
      most: 3,
      overlap: 0.3,
      anchors: { scale: 1, ratios: [1] },
    })
    return { boxes, real }
  })
  t.same(found.boxes, [0, 0, 8, 8, 8, 0, 16, 8, 0, 8, 8, 16])
  t.same(found.real, [1, 1, 1])
  const crowded = made((x) => {
    const level = {
      objectness: conv(x, 1, { kernel: 1, stride: 8 }),
      deltas: conv(x, 4, { kernel: 1, stride: 8 }),
    }
    const { real } = proposals([level], x, { most: 3, overlap: 0.1, anchors: { ratios: [1] } })
    return { real }
  })
  t.same(crowded.real, [1, 0, 0])
  t.end()
})

/** Two boxes that overlap and one apart, with probabilities of a background and two classes. */
function three(x: Picture, boxes: (corners: readonly number[]) => Value): [Boxes, Vector] {
  const corners = [0, 0, 10, 10, 1, 0, 11, 10, 0, 12, 4, 16]
  const probabilities = [0.1, 0.6, 0.3, 0.15, 0.8, 0.05, 0.2, 0.02, 0.78]
  return [
    new Boxes(boxes(corners), x.trace),
    new Vector(literal([3, 3], probabilities), 3, x.trace),
  ]
}

t.test('of each class the best boxes are left, and no score too small', (t) => {
  const shared = (corners: readonly number[]): Value => literal([3, 4], corners)
  // Of each class its own, the second's 20 pixels to the right.
  const own = (corners: readonly number[]): Value =>
    literal(
      [3, 3, 4],
      [0, 1, 2].flatMap((box) =>
        [0, 0, 20].flatMap((by) =>
          corners.slice(4 * box, 4 * box + 4).map((n, i) => (i % 2 === 0 ? n + by : n)),
        ),
      ),
    )
  for (const [boxes, by] of [
    [shared, 0],
    [own, 20],
  ] as const) {
    const found = made((x) => ({ ...detections(...three(x, boxes), { most: 4 }) }))
    t.same(rounded(found.scores), [0.8, 0.78, 0.3, 0])
    t.same(found.labels?.slice(0, 3), [0, 1, 1])
    t.same(found.boxes?.slice(0, 12), [1, 0, 11, 10, by, 12, by + 4, 16, by, 0, by + 10, 10])
  }
  t.end()
})

t.test('a box that does not count is no detection, and suppresses none', (t) => {
  const found = made((x) => {
    const real = new Tensor(literal([3, 1], [1, 0, 1]), x.trace)
    const some = three(x, (corners) => literal([3, 4], corners))
    return { ...detections(...some, { most: 4, real }) }
  })
  t.same(rounded(found.scores), [0.78, 0.6, 0.3, 0])
  t.end()
})

t.test('regions are features of a size of their own, as many as there are boxes', (t) => {
  model('net', image(3), (x) => {
    const levels = [
      conv(x, 5, { kernel: 3, stride: 4 }),
      conv(x, 5, { kernel: 3, stride: 8 }),
    ] as const
    const boxes = new Boxes(parameter('boxes', [9, 4]).value, x.trace)
    const regions: Feature<5, 0> = roiAlign(levels, boxes, { side: 14 })
    t.same(regions.value.type.shape, [9, 5, 14, 14])
    t.same([regions.channels, regions.stride], [5, 0])
    return { regions: regions as Tensorial }
  })
  t.end()
})

t.test('a mean is of vectors of one width', (t) => {
  const of = (x: Picture, ...numbers: number[]): Vector =>
    new Vector(literal([1, numbers.length], numbers), numbers.length, x.trace)
  const { y } = made((x) => ({ y: mean(of(x, 1, 2), of(x, 3, 4), of(x, 8, 0)) }))
  t.same(rounded(y), [4, 2])
  t.throws(() => made((x) => ({ y: mean(of(x, 1, 2), of(x, 3)) })), /widths differ/)
  t.end()
})

t.test('what JavaScript lets through is refused with a remedy, and is no fault of ours', (t) => {
  const refused = (body: (x: never) => unknown, message: RegExp): void => {
    t.throws(() => made((x) => body(x as never) as Outputs), message)
  }
  refused((x) => layerNorm(anchors(x) as never), /layerNorm gets boxes/)
  refused((x) => softmax(anchors(x) as never), /softmax gets boxes/)
  refused((x) => anchors(x, { ratios: [] }), /anchors of no ratios/)
  refused((x) => anchors(adaptivePool(x, [3, 3])), /of a size of its own/)
  const means = 3 as never
  refused((x) => decodeBoxes(anchors(x), globalPool(x), x, { means }), /means of deltas are 3/)
  refused((x) => detections(anchors(x), globalPool(x)), /a vector of 1 channels/)
  const padding = 'same' as never
  refused((x) => maxPool(x, { kernel: 3, stride: 2, padding }), /a padding of same/)
  t.throws(() => ddrnet('24' as never), /version of a DDRNet is “24”/)
  t.throws(() => resnet(38, { outputStride: 8 }), /output stride of ResNet-38 is 8/)
  t.end()
})
