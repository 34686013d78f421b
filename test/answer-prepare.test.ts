import t from 'tap'
import { preparePicture } from '../src/answer/prepare.js'
import { imagenet } from '../src/dsl/answer.js'
import { InputError } from '../src/errors.js'
import type { Picture } from '../src/picture/picture.js'
import { resizeLinear } from '../src/picture/resize.js'
import type { Box } from '../src/picture/window.js'
import { bytesOf, furthest, patterned, recorded } from './support/pictures.js'

interface Numbers {
  readonly source: { readonly width: number; readonly height: number; readonly data: string }
  readonly classification: readonly { readonly side: number; readonly data: string }[]
  readonly pose: readonly { readonly box: readonly number[]; readonly input: string }[]
  readonly landmarks: readonly {
    readonly box: readonly number[]
    readonly inputs: Readonly<Record<string, string>>
  }[]
}

const numbers = recorded<Numbers>('numbers.json')
const { width, height, data } = numbers.source
const source: Picture = { width, height, channels: 3, data: bytesOf(data) }
const pixels = { format: 'uint8-nhwc', colours: 'rgb' } as const

function boxOf([x, y, width, height]: readonly number[]): Box {
  return { x, y, width, height } as Box
}

t.test("classification sees what torchvision's Resize and CenterCrop leave", async (t) => {
  for (const { side, data } of numbers.classification) {
    const input = { width: side, height: side }
    const tensor = preparePicture(source, { kind: 'classification', input, preprocessing: pixels })
    t.same(tensor.dims, [1, side, side, 3])
    t.ok(furthest(tensor.data as Uint8Array, bytesOf(data)) <= 1, `${side}`)
  }
})

t.test("pose sees what the authors' affine transform and OpenCV's warpAffine make", async (t) => {
  for (const { box, input } of numbers.pose) {
    const options = {
      kind: 'pose',
      input: { width: 48, height: 64 },
      preprocessing: pixels,
    } as const
    const tensor = preparePicture(source, { ...options, box: boxOf(box) })
    t.ok(furthest(tensor.data as Uint8Array, bytesOf(input)) <= 1, `${box}`)
  }
})

t.test("landmarks see what the authors' crop makes, large or made smaller first", async (t) => {
  for (const { box, inputs } of numbers.landmarks)
    for (const [side, wanted] of Object.entries(inputs)) {
      const input = { width: Number(side), height: Number(side) }
      const options = { kind: 'landmarks', input, preprocessing: pixels } as const
      const tensor = preparePicture(source, { ...options, box: boxOf(box) })
      t.ok(furthest(tensor.data as Uint8Array, bytesOf(wanted)) <= 1, `${box} at ${side}`)
    }
})

t.test('segmentation sees the picture resized, (pixel / 255 - mean) / deviation', async (t) => {
  const input = { width: 20, height: 12 }
  const preprocessing = { format: 'float32-nchw', colours: 'rgb', ...imagenet } as const
  const tensor = preparePicture(source, { kind: 'segmentation', input, preprocessing })
  t.same(tensor.dims, [1, 3, 12, 20])
  const resized = resizeLinear(source, input).data
  const wanted = Float32Array.from({ length: 720 }, (_, i) => {
    const [c, pixel] = [Math.floor(i / 240), i % 240]
    const [mean, deviation] = [imagenet.mean[c] as number, imagenet.deviation[c] as number]
    return ((resized[pixel * 3 + c] as number) / 255 - mean) / deviation
  })
  t.same(tensor.data, wanted)
})

t.test('one pixel is enough for every task', async (t) => {
  for (const kind of ['segmentation', 'pose', 'landmarks', 'classification'] as const)
    for (const colours of ['rgb', 'grey'] as const) {
      const preprocessing = { format: 'uint8-nhwc', colours } as const
      const input = { width: 32, height: 32 }
      const tensor = preparePicture(patterned(1, 1), { kind, input, preprocessing })
      t.same(tensor.dims, [1, 32, 32, colours === 'rgb' ? 3 : 1])
      t.equal(
        tensor.data.length,
        tensor.dims.reduce((a, b) => a * b),
      )
    }
})

t.test('a picture or a box that is none is refused', async (t) => {
  const options = { kind: 'pose', input: { width: 6, height: 8 }, preprocessing: pixels } as const
  const canvas = { ...patterned(4, 4), channels: 4, data: new Uint8Array(64) } as unknown as Picture
  t.throws(() => preparePicture(canvas, options), InputError)
  t.throws(
    () => preparePicture({ ...patterned(4, 4), data: new Uint8Array(64) }, options),
    /3 channels with 64 bytes\n.*48: leave out the alpha/,
  )
  for (const [box, said] of [
    [{ x: 0, y: 0, width: 0, height: 4 }, /a box of 0,0,0,4/],
    [{ x: 0, y: Number.NaN, width: 1, height: 4 }, /a box of 0,NaN/],
    [{ x: 4, y: 0, width: 3, height: 4 }, /the box 4,0,3,4 lies outside of a picture of 4x4/],
    [{ x: 0, y: -5, width: 3, height: 5 }, /lies outside/],
  ] as const)
    t.throws(() => preparePicture(patterned(4, 4), { ...options, box }), said)
})
