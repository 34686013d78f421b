import t from 'tap'
import { InputError } from '../src/errors.js'
import { type DecodeOptions, decodePicture } from '../src/picture/decode.js'
import { encodePng } from '../src/picture/encode.js'
import { bytesOf, furthest, patterned, pictureFile, recorded } from './support/pictures.js'

interface Expected {
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly data: string
}

const expected = recorded<Readonly<Record<string, Expected>>>('expected.json')

/** What is said of bytes that are refused. */
async function refusal(bytes: Uint8Array, options?: DecodeOptions): Promise<string> {
  try {
    await decodePicture(bytes, options)
  } catch (error) {
    if (error instanceof InputError) return error.message
    throw error
  }
  return 'nothing'
}

t.test('pictures have the pixels that PIL and OpenCV read, upright', async (t) => {
  t.ok(Object.keys(expected).length > 30)
  for (const [name, { width, height, channels, data }] of Object.entries(expected)) {
    const picture = await decodePicture(pictureFile(name))
    t.same([picture.width, picture.height, picture.channels], [width, height, channels], name)
    t.equal(furthest(picture.data, bytesOf(data)), 0, name)
  }
})

t.test('reading JPEGs, several at once, leaves nothing behind in the program', async (t) => {
  const read = async (): Promise<void> => {
    const files = ['grey.jpg', 'q420.jpg', 'grey.jpg'].map(pictureFile)
    const pictures = await Promise.all(files.map((file) => decodePicture(file)))
    t.same(pictures[0], pictures[2])
  }
  const names = Object.getOwnPropertyNames(globalThis)
  t.notOk(names.includes('ImageData'), 'Node has none')
  await read()
  t.same(Object.getOwnPropertyNames(globalThis), names)
  const page = globalThis as { ImageData?: unknown }
  const own = (): void => {}
  page.ImageData = own
  t.teardown(() => delete page.ImageData)
  await read()
  t.equal(page.ImageData, own)
})

t.test('a turn of the camera is undone in all eight ways', async (t) => {
  const sizes = new Set<string>()
  const pixels = new Set<string>()
  for (const end of ['jpg', 'png'])
    for (let turn = 1; turn <= 8; turn++) {
      const { width, height, data } = await decodePicture(pictureFile(`turn${turn}.${end}`))
      sizes.add(`${turn > 4}: ${width}x${height}`)
      pixels.add(`${end} ${Buffer.from(data).toString('base64')}`)
    }
  t.same(sizes, new Set(['false: 26x17', 'true: 17x26']))
  t.equal(pixels.size, 16, 'each way is another picture')
})

t.test('what is written as PNG is read again', async (t) => {
  for (const channels of [1, 3] as const) {
    const picture = patterned(13, 7, channels)
    t.same(await decodePicture(await encodePng(picture)), picture)
  }
})

t.test('a file that is no picture is told what it looks like', async (t) => {
  const text = new TextEncoder().encode('label one\nlabel two\n')
  const cases: readonly (readonly [bytes: Uint8Array, said: RegExp])[] = [
    [new Uint8Array(0), /the picture is empty\n.*JPEG or a PNG/],
    [text, /is a text, which is not read/],
    [latin('GIF89a......'), /is a GIF picture/],
    [latin('RIFF\x10\0\0\0WEBPVP8 '), /is a WebP picture/],
    [latin('\0\0\0\x18ftypheic'), /is a HEIC picture/],
    [latin('\0\0\0\x18ftypavif'), /is an AVIF picture/],
    [latin('II*\0'), /is a TIFF picture/],
    [latin('%PDF-1.7'), /is a PDF/],
    [latin('<!DOCTYPE html>'), /is a web page/],
    [latin('\x89PNG\n\x1a\n'), /is a PNG picture that was changed on its way/],
    [latin('\x08\x08\x12\x06heddle\xff'), /is no picture that is read/],
  ]
  for (const [bytes, said] of cases) t.match(await refusal(bytes), said)
  t.match(await refusal(text, { name: 'names.txt' }), /^names\.txt is a text/)
})

t.test('a picture that is cut off says how much there is of it', async (t) => {
  for (const name of ['q420.jpg', 'progressive.jpg', 'rgb.png', 'interlaced.png']) {
    const bytes = pictureFile(name)
    for (const part of [0.2, 0.6, 0.99]) {
      const cut = bytes.subarray(0, Math.floor(bytes.length * part))
      t.match(await refusal(cut), /cut off|damaged/, `${name}, ${part} of it`)
      t.match(await refusal(cut), new RegExp(`${cut.length}`))
    }
  }
})

t.test('forms that are not read are named', async (t) => {
  t.match(await refusal(pictureFile('cmyk.jpg')), /a JPEG of 4 channels \(CMYK.*\n.*RGB/)
  const interlaced = await refusal(pictureFile('interlaced-bits.png'))
  t.match(interlaced, /an interlaced PNG of 1 bits a channel\n.*without interlacing/)
  for (const [marker, bits, said] of [
    [0xc3, 8, /lossless/],
    [0xc9, 8, /arithmetic/],
    [0xc1, 12, /12 bits a channel/],
  ] as const) {
    const bytes = pictureFile('q420.jpg')
    const at = frameAt(bytes)
    bytes[at + 1] = marker
    bytes[at + 4] = bits
    t.match(await refusal(bytes), said)
  }
})

t.test('a size is refused by the header alone, with both numbers', async (t) => {
  const jpeg = pictureFile('q420.jpg')
  new DataView(jpeg.buffer).setUint32(frameAt(jpeg) + 5, 10_000 * 65536 + 10_000)
  const png = pictureFile('rgb.png')
  new DataView(png.buffer).setUint32(16, 10_000)
  new DataView(png.buffer).setUint32(20, 10_000)
  for (const bytes of [jpeg, png])
    t.match(await refusal(bytes), /10000x10000, 100,000,000 pixels, and 67,108,864 are read/)
  const bytes = pictureFile('rgb.png')
  t.match(await refusal(bytes, { mostPixels: 441 }), /26x17, 442 pixels, and 441 are read/)
  t.equal(await refusal(bytes, { mostPixels: 442 }), 'nothing')
})

t.test('a PNG that inflates to more than its pixels is refused', async (t) => {
  const { zlibSync } = await import('fflate')
  const bomb = pngOf(26, 17, zlibSync(new Uint8Array(50_000_000)))
  t.match(await refusal(bomb), /its pixels take 1343 bytes, and there are more/)
  t.match(await refusal(pngOf(26, 17, zlibSync(new Uint8Array(9)))), /1343 bytes, and there are 9/)
})

/** A PNG of 8-bit colours with no checks right. */
function pngOf(width: number, height: number, pixels: Uint8Array): Uint8Array {
  const bytes = pictureFile('rgb.png')
  const out = Buffer.concat([
    bytes.subarray(0, 33),
    new Uint8Array(8),
    pixels,
    new Uint8Array(4),
    end,
  ])
  out.writeUInt32BE(width, 16)
  out.writeUInt32BE(height, 20)
  out.writeUInt32BE(pixels.length, 33)
  out.write('IDAT', 37)
  return new Uint8Array(out)
}

const end = pictureFile('rgb.png').subarray(-12)

/** Where the header of a baseline JPEG's frame is. */
function frameAt(bytes: Uint8Array): number {
  return Buffer.from(bytes.buffer).indexOf(Buffer.of(0xff, 0xc0, 0, 17))
}

function latin(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'))
}
