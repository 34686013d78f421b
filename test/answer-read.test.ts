import t from 'tap'
import type { FileAnswer } from '../src/answer/ends.js'
import { readAnswer } from '../src/answer/read.js'
import type { Classification, Points, Segmentation } from '../src/answer/result.js'
import { InputError } from '../src/errors.js'
import type { Box } from '../src/picture/window.js'
import type { TensorData } from '../src/runtime/tensor.js'
import { floatsOf, furthest, recorded } from './support/pictures.js'

interface Heatmaps {
  readonly box: readonly number[]
  readonly maps: string
  readonly dims: readonly number[]
  readonly points: readonly (readonly [number, number])[]
  readonly scores?: readonly number[]
}

interface Numbers {
  readonly pose: readonly Heatmaps[]
  readonly landmarks: readonly Heatmaps[]
  readonly segmentation: {
    readonly logits: string
    readonly dims: readonly number[]
    readonly maps: readonly {
      readonly width: number
      readonly height: number
      readonly alignCorners: boolean
      readonly classes: readonly number[]
    }[]
  }
}

const numbers = recorded<Numbers>('numbers.json')
const picture = { width: 45, height: 31 }

for (const [kind, code, input] of [
  ['pose', 'get_final_preds', { width: 48, height: 64 }],
  ['landmarks', 'decode_preds', { width: 64, height: 64 }],
] as const)
  t.test(`heatmaps of ${kind} give the points of the authors' ${code}`, async (t) => {
    for (const { box, maps, dims, points, scores } of numbers[kind]) {
      const [x, y, width, height] = box
      const answer: FileAnswer = { kind, output: 'heatmaps', gives: 'heatmaps' }
      const tensor = { data: floatsOf(maps), dims }
      const options = { picture, input, box: { x, y, width, height } as Box }
      const read = readAnswer(answer, tensor, options) as Points
      const [xs, ys] = [read.points.map(({ x }) => x), read.points.map(({ y }) => y)]
      t.equal(read.points.length, dims[1])
      t.ok(
        furthest(
          xs,
          points.map(([x]) => x),
        ) < 1e-4,
        `x in ${box}`,
      )
      t.ok(
        furthest(
          ys,
          points.map(([, y]) => y),
        ) < 1e-4,
        `y in ${box}`,
      )
      if (scores)
        t.ok(
          furthest(
            read.points.map(({ score }) => score),
            scores,
          ) < 1e-6,
        )
    }
  })

const { logits, dims, maps } = numbers.segmentation

t.test("pixels have the classes of PyTorch's interpolate and argmax", async (t) => {
  const tensor = { data: floatsOf(logits), dims }
  for (const { width, height, alignCorners, classes } of maps) {
    const answer: FileAnswer = {
      kind: 'segmentation',
      output: 'logits',
      gives: 'logits',
      alignCorners,
    }
    const read = readAnswer(answer, tensor, { picture: { width, height }, input: picture })
    const { map, classes: shares } = read as Segmentation
    t.same([...map.data], classes, `${width}x${height}, align_corners ${alignCorners}`)
    const counted = shares.map(({ index, pixels }) => [index, pixels])
    const wanted = [...new Set(classes)]
      .map((index) => [index, classes.filter((one) => one === index).length] as const)
      .sort(([i, a], [j, b]) => b - a || i - j)
    t.same(counted, wanted)
    t.ok(Math.abs(shares.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-12)
  }
})

t.test('labels of pixels are taken to the nearest, whatever type they have', async (t) => {
  const answer: FileAnswer = {
    kind: 'segmentation',
    output: 'y',
    gives: 'labels',
    labels: ['a', 'b'],
  }
  const wanted = [0, 0, 1, 1, 0, 0, 1, 1]
  const options = { picture: { width: 4, height: 2 }, input: picture }
  const tensors: readonly TensorData[] = [
    { data: BigInt64Array.of(0n, 1n), dims: [1, 1, 2], type: 'int64' },
    { data: Uint8Array.of(0, 1), dims: [1, 1, 1, 2], type: 'uint8' },
    { data: Int32Array.of(0, 1), dims: [1, 1, 2], type: 'int32' },
  ]
  for (const tensor of tensors) {
    const { map, classes } = readAnswer(answer, tensor, options) as Segmentation
    t.same([...map.data], wanted)
    t.match(classes, [
      { index: 0, label: 'a', share: 0.5 },
      { index: 1, label: 'b', share: 0.5 },
    ])
  }
})

t.test('labels with aligned corners stand on the corners of the picture', async (t) => {
  const answer = { kind: 'segmentation', output: 'y', gives: 'labels' } as const
  const tensor: TensorData = { data: Int32Array.of(0, 1, 2), dims: [1, 1, 3], type: 'int32' }
  const options = { picture: { width: 9, height: 1 }, input: picture }
  const labels = (alignCorners: boolean): readonly number[] => [
    ...(readAnswer({ ...answer, alignCorners }, tensor, options) as Segmentation).map.data,
  ]
  t.same(labels(true), [0, 0, 1, 1, 1, 1, 2, 2, 2])
  t.same(labels(false), [0, 0, 0, 1, 1, 1, 2, 2, 2])
})

t.test(
  'a classification is the most probable classes, by softmax where it gives logits',
  async (t) => {
    const data = Float32Array.of(1, 3, 2, -1000)
    const of = (gives: FileAnswer['gives'], tensor: TensorData, top?: number): Classification => {
      const answer: FileAnswer = {
        kind: 'classification',
        output: 'y',
        gives,
        labels: ['a', 'b', 'c', 'd'],
      }
      return readAnswer(answer, tensor, { picture, input: picture, top }) as Classification
    }
    const { classes } = of('logits', { data, dims: [1, 4] })
    t.same(
      classes.map(({ label }) => label),
      ['b', 'c', 'a', 'd'],
    )
    const wanted = [0.66524096, 0.24472847, 0.09003057, 0]
    t.ok(
      furthest(
        classes.map(({ probability = 0 }) => probability),
        wanted,
      ) < 1e-7,
    )
    t.equal(of('logits', { data, dims: [1, 4, 1, 1] }, 2).classes.length, 2)
    const given = of('probabilities', { data: Float32Array.of(0.25, 0.75), dims: [1, 2] })
    t.match(given.classes, [
      { index: 1, probability: 0.75 },
      { index: 0, probability: 0.25 },
    ])
    const best = of('labels', { data: BigInt64Array.of(2n), dims: [1], type: 'int64' })
    t.same(best.classes, [{ index: 2, label: 'c' }])
  },
)

t.test('an output that is no such answer is refused', async (t) => {
  const segmentation: FileAnswer = { kind: 'segmentation', output: 'y', gives: 'logits' }
  const labels: FileAnswer = { ...segmentation, gives: 'labels' }
  const pose: FileAnswer = { kind: 'pose', output: 'y', gives: 'heatmaps' }
  const classes: FileAnswer = { kind: 'classification', output: 'y', gives: 'logits' }
  const cases: readonly (readonly [FileAnswer, TensorData, RegExp])[] = [
    [
      segmentation,
      { data: new Float32Array(4), dims: [1, 4] },
      /y is \[1, 4\].*\[1, classes, height, width\]/,
    ],
    [segmentation, { data: new Float32Array(8), dims: [2, 1, 2, 2] }, /y is \[2, 1, 2, 2\]/],
    [pose, { data: new Float32Array(0), dims: [1, 0, 2, 2] }, /y is \[1, 0, 2, 2\].*points/],
    [pose, { data: new Uint16Array(4), dims: [1, 1, 2, 2], type: 'float16' }, /y is float16/],
    [pose, { data: Float32Array.of(0, Number.NaN), dims: [1, 1, 1, 2] }, /y holds NaN, at 1 of 2/],
    [classes, { data: new Float32Array(8), dims: [1, 2, 2, 2] }, /\[1, classes\]/],
    [labels, { data: Int32Array.of(-1), dims: [1, 1, 1], type: 'int32' }, /holds -1/],
    [labels, { data: Float32Array.of(0.5), dims: [1, 1, 1] }, /holds 0.5/],
  ]
  for (const [answer, tensor, said] of cases) {
    const read = (): unknown => readAnswer(answer, tensor, { picture, input: picture })
    t.throws(read, InputError)
    t.throws(read, said)
  }
})
