import t from 'tap'
import { inColours } from '../src/picture/colour.js'
import type { Picture } from '../src/picture/picture.js'
import { resizeLinear, resizeSmooth } from '../src/picture/resize.js'
import { cropped, warped } from '../src/picture/window.js'
import { bytesOf, furthest, patterned, recorded } from './support/pictures.js'

interface Sized {
  readonly width: number
  readonly height: number
  readonly data: string
}

interface Numbers {
  readonly source: Sized
  readonly luma: string
  readonly linear: readonly Sized[]
  readonly smooth: readonly Sized[]
}

const numbers = recorded<Numbers>('numbers.json')
const { width, height, data } = numbers.source
const source: Picture = { width, height, channels: 3, data: bytesOf(data) }

for (const [name, resize, wanted] of [
  ["OpenCV's INTER_LINEAR", resizeLinear, numbers.linear],
  ["PIL's BILINEAR", resizeSmooth, numbers.smooth],
] as const)
  t.test(`a picture is resized as by ${name}, to 1 of 255`, async (t) => {
    for (const size of wanted) {
      const { width, height, data } = resize(source, size)
      t.same([width, height], [size.width, size.height])
      t.ok(furthest(data, bytesOf(size.data)) <= 1, `${width}x${height}`)
    }
  })

t.test('resized to its own size, a picture stays as it is', async (t) => {
  for (const resize of [resizeLinear, resizeSmooth])
    for (const channels of [1, 3] as const) {
      const picture = patterned(9, 5, channels)
      t.same(resize(picture, { width: 9, height: 5 }), picture)
    }
})

t.test("colour becomes grey as by PIL's convert('L'), and grey three equal channels", async (t) => {
  const grey = inColours(source, 'grey')
  t.equal(furthest(grey.data, bytesOf(numbers.luma)), 0)
  const pixels = { width: 2, height: 1, channels: 1, data: Uint8Array.of(7, 200) } as const
  t.same(inColours(pixels, 'rgb').data, Uint8Array.of(7, 7, 7, 200, 200, 200))
  t.equal(inColours(source, 'rgb'), source)
})

t.test('outside of a picture it is black', async (t) => {
  const white: Picture = { width: 2, height: 2, channels: 1, data: new Uint8Array(4).fill(255) }
  t.same(
    cropped(white, { x: -1, y: 1, width: 3, height: 2 }).data,
    Uint8Array.of(0, 255, 255, 0, 0, 0),
  )
  t.same(cropped(white, { x: 5, y: 0, width: 1, height: 1 }).data, Uint8Array.of(0))
  const place = { step: 1, left: -0.5, top: 0 }
  t.same(warped(white, place, { width: 3, height: 1 }).data, Uint8Array.of(128, 255, 128))
})
