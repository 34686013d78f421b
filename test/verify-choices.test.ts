import t from 'tap'
import { make } from '../src/compiler/make.js'
import type { NodeOf, Value } from '../src/compiler/node.js'
import {
  conv,
  decodeBoxes,
  detections,
  flatten,
  image,
  linear,
  type Model,
  model,
  proposals,
  relu,
  roiAlign,
  softmax,
} from '../src/index.js'
import { compareChoice } from '../src/verify/choices.js'
import { verify } from '../src/verify/verify.js'

const origin = { path: 'here', place: undefined }
const tensor = (shape: readonly number[], numbers: readonly number[]) => ({
  data: Float64Array.from(numbers),
  dims: shape,
})
const input = (...shape: number[]): Value =>
  make('input', {}, { name: 'x', type: { element: 'float32', shape } }, origin)

t.test('places are as far off as the numbers there would have to differ', (t) => {
  const x = input(4)
  const of = make('topK', { input: x }, { most: 3 }, origin)
  const places = make('result', { of }, { index: 1 }, origin)
  const reference = new Map([[x, tensor([4], [0.5, 1, 0.999, 0.2])]])
  const off = (...chosen: number[]): number =>
    compareChoice(places, 'places', reference, tensor([3], chosen), 1).relative
  t.equal(off(1, 2, 0), 0)
  t.ok(Math.abs(off(2, 1, 0) - 0.0005) < 1e-9, 'two that tie may change places')
  t.ok(Math.abs(off(1, 2, 3) - 0.15) < 1e-9, 'one that is no tie is left out')
  t.ok(Number.isNaN(off(1, 1, 0)), 'a place is taken twice')
  t.ok(Number.isNaN(off(1, 2, 4)), 'a place is none')
  t.end()
})

t.test('boxes are as far off as an overlap or a score would have to be another', (t) => {
  const [boxes, scores] = [input(1, 3, 4), input(1, 1, 3)]
  const kept: NodeOf<'nonMaxSuppression'> = make(
    'nonMaxSuppression',
    { boxes, scores },
    { overlap: 0.66, least: 0.1 },
    origin,
  )
  // The first two share 80 of 120, the third stands apart, and its score is too small.
  const reference = new Map([
    [boxes, tensor([1, 3, 4], [0, 0, 10, 10, 2, 0, 12, 10, 50, 50, 60, 60])],
    [scores, tensor([1, 1, 3], [0.9, 0.89, 0.05])],
  ])
  const off = (...chosen: number[]): number =>
    compareChoice(kept, 'kept', reference, tensor([1, 1, 3], chosen), 1).relative
  const near = (of: number, to: number): boolean => Math.abs(of - to) < 1e-9
  t.equal(off(1, 0, 0), 0)
  t.ok(near(off(1, 1, 0), 80 / 120 - 0.66), 'their overlap is nearly the limit')
  t.ok(near(off(0, 1, 0), 0.01), 'the other is nearly as good')
  t.ok(near(off(0, 0, 0), 0.8), 'none is kept')
  t.ok(near(off(1, 0, 1), 0.05), 'one of too small a score is kept')
  t.ok(Number.isNaN(off(1, 0.5, 0)), 'a box is half kept')
  t.end()
})

/** Two levels in miniature. */
const detector: Model = model('detector', image(3, { size: [32, 48] }), (x) => {
  const fine = relu(conv(x, 6, { kernel: 3, stride: 4, bias: true }))
  const level = {
    objectness: conv(fine, 3, { kernel: 1, bias: true }),
    deltas: conv(fine, 12, { kernel: 1, bias: true }),
  }
  const { boxes, real } = proposals([level], x, { most: 20, anchors: { scale: 2 } })
  const regions = relu(linear(flatten(roiAlign([fine], boxes, { side: 3 })), 16))
  const moved = decodeBoxes(boxes, linear(regions, 4 * 4), x, { deviations: [0.1, 0.1, 0.2, 0.2] })
  return { ...detections(moved, softmax(linear(regions, 4)), { real, most: 10 }) }
})

t.test(
  'a detector is equal: what follows its choices is compared by the same choices',
  async (t) => {
    const report = await verify(detector)
    t.match(report, { verdict: 'equal', reference: 'float64' })
    t.same(
      report.outputs.map(({ name, ok }) => [name, ok]),
      [
        ['boxes', true],
        ['scores', true],
        ['labels', true],
      ],
    )
    const [boxes] = report.outputs
    t.ok(
      (boxes?.tolerance ?? 0) >= 4 * (boxes?.plain ?? 1),
      'behind regions of few boxes the error as written counts twice',
    )
  },
)
