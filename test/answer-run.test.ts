import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openNetwork } from '../src/answer/network.js'
import { runPicture } from '../src/answer/run-picture.js'
import { InputError } from '../src/errors.js'
import { readMetadata } from '../src/files/metadata.js'
import { imagenet } from '../src/index.js'
import type { ByteSource } from '../src/weights/formats/bytes.js'
import { answering, type Told } from './support/answering.js'
import { scratch } from './support/heddle.js'
import { patterned } from './support/pictures.js'

/** A source in memory that counts the bytes that are read. */
function source(
  bytes: Uint8Array,
): ByteSource & { readonly read: ByteSource['read']; total: number } {
  return {
    name: 'net.onnx',
    size: bytes.length,
    total: 0,
    async read(offset, length) {
      this.total += length
      return bytes.slice(offset, offset + length)
    },
  }
}

const rgb = { format: 'float32-nchw', colours: 'rgb', ...imagenet }
const classes: Told = {
  answer: { kind: 'segmentation', output: 'y', gives: 'logits', labels: ['red', 'green', 'blue'] },
  preprocessing: rgb,
}

function fileOf(t: Test, told: Told, ...rest: readonly unknown[]): string {
  const path = join(scratch(t), 'net.onnx')
  writeFileSync(path, answering(told, ...(rest as [])))
  return path
}

t.test('what a file says of itself is read without its graph', async (t) => {
  const bytes = answering(classes)
  const from = source(bytes)
  const metadata = await readMetadata(from)
  t.same(JSON.parse(metadata.get('answer') as string), classes.answer)
  t.same(JSON.parse(metadata.get('preprocessing') as string), rgb)
  const said = [...metadata].flat().join('').length
  t.ok(from.total < said + 400 && bytes.length > said + 600, `${from.total} of ${bytes.length}`)
})

t.test('what is no ONNX file, or one that is cut off, is refused', async (t) => {
  const bytes = answering(classes)
  for (const wrong of [
    new Uint8Array(0),
    new TextEncoder().encode('a text that is long enough to hold a field or two'),
    new Uint8Array(5000).fill(8),
    Uint8Array.of(0x08, 0x08),
    Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
  ])
    await t.rejects(readMetadata(source(wrong)), /net\.onnx is no ONNX file/)
  const cut = bytes.subarray(0, 200)
  await t.rejects(readMetadata(source(cut)), /is cut off: it needs \d+ bytes, and has 200/)
  for (let length = 0; length < bytes.length; length++)
    await readMetadata(source(bytes.subarray(0, length))).catch((error) => {
      if (!(error instanceof InputError)) t.fail(`${length}: ${error}`)
    })
})

t.test('a file that WebGPU may compute wrongly is not run there', async (t) => {
  const opened = (target?: string) =>
    openNetwork(fileOf(t, { ...classes, ...(target && { target }) }), { provider: 'webgpu' })
  for (const target of ['portable', 'ort-cpu', 'ort-cuda'])
    await t.rejects(opened(target), {
      name: 'InputError',
      problem: new RegExp(`net\\.onnx was built for ${target}`),
      remedy: /--target ort-web/,
    })
  // Without a GPU it is WebGPU that does not start.
  for (const target of ['ort-web', undefined])
    await opened(target).then(
      (network) => network.close(),
      (error) => t.match(error, { problem: /WebGPU finds no GPU/ }),
    )
})

t.test(
  'a file is asked as it says: colours in, classes out, at the size of the picture',
  async (t) => {
    const path = fileOf(t, classes)
    const data = Uint8Array.from([255, 0, 0, 0, 255, 0, 0, 0, 255, 250, 10, 10])
    const picture = { width: 4, height: 1, channels: 3, data } as const
    const { answer, input, provider, assumed } = await runPicture(path, picture)
    t.match(answer, {
      kind: 'segmentation',
      map: { width: 4, height: 1, data: Uint32Array.of(0, 1, 2, 0) },
      classes: [
        { index: 0, label: 'red', pixels: 2, share: 0.5 },
        { index: 1, label: 'green', pixels: 1, share: 0.25 },
        { index: 2, label: 'blue', pixels: 1, share: 0.25 },
      ],
    })
    t.same([input, provider, assumed], [{ width: 4, height: 1 }, 'cpu', []])
  },
)

t.test('a file that takes pixels as they are is given bytes', async (t) => {
  const preprocessing = { format: 'uint8-nhwc', colours: 'rgb' }
  const path = fileOf(t, { ...classes, preprocessing })
  const data = Uint8Array.from([9, 0, 0, 0, 0, 200])
  const { answer } = await runPicture(path, { width: 1, height: 2, channels: 3, data })
  t.match(answer, { map: { data: Uint32Array.of(0, 2) } })
})

t.test('scores are resized to the picture as the file says of corners', async (t) => {
  const [red, green, blue] = [
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
  ] as const
  const data = Uint8Array.from([red, red, red, green, green, blue, blue, blue].flat())
  const picture = { width: 8, height: 1, channels: 3, data } as const
  const found = async (more: object): Promise<unknown> => {
    const path = fileOf(t, { ...classes, answer: { ...(classes.answer as object), ...more } })
    const { answer } = await runPicture(path, picture, { input: { width: 3, height: 1 } })
    return answer.kind === 'segmentation' && [...answer.map.data]
  }
  t.same(await found({}), [0, 0, 0, 1, 1, 2, 2, 2])
  t.same(await found({ alignCorners: false }), [0, 0, 0, 1, 1, 2, 2, 2])
  t.same(await found({ alignCorners: true }), [0, 0, 1, 1, 1, 1, 2, 2])
})

t.test('streams are not asked of a file that was built for one', async (t) => {
  await t.rejects(openNetwork(fileOf(t, classes), { provider: 'auto', streams: true }), {
    name: 'InputError',
    message: /is to run on several streams, and was built for one\n.*--streams 4/,
  })
})

t.test('a size that is left open is that of the picture, to what the file takes', async (t) => {
  const sizes = async (told: Told, options = {}): Promise<string> => {
    const network = await openNetwork(fileOf(t, told))
    const { input } = await network.ask(patterned(50, 23), options)
    await network.close()
    return `${input.width}x${input.height}`
  }
  t.equal(await sizes({ ...classes, input: '1xdynamicxdynamic' }), '50x23')
  t.equal(await sizes({ ...classes, input: '1xdynamic/32xdynamic/32' }), '64x32')
  t.equal(await sizes({ ...classes, input: undefined }), '64x32', 'who does not say means 32')
  t.equal(await sizes(classes, { input: { width: 30, height: 10 } }), '30x10')
  const path = fileOf(t, { ...classes, input: '1xdynamic/32xdynamic/32' })
  const network = await openNetwork(path)
  await t.rejects(
    network.ask(patterned(50, 23), { input: { width: 50, height: 32 } }),
    /does not take an input of 32x50.*\n.*any multiple of 32.*nearest is 32x64/,
  )
  const large = { width: 5000, height: 1000, channels: 1, data: new Uint8Array(5_000_000) } as const
  await t.rejects(
    network.ask(large),
    /4,952,064 pixels; up to 4,194,304 are run unasked\n.*--input/,
  )
  await network.close()
})

t.test('a file that does not say how it is asked is refused, or taken as it is said', async (t) => {
  const path = fileOf(t, {})
  const picture = patterned(8, 8)
  await t.rejects(runPicture(path, picture), /does not say what it tells of a picture\n.*--as/)
  const { answer, assumed } = await runPicture(path, picture, { as: 'segmentation' })
  t.equal(answer.kind, 'segmentation')
  t.match(assumed, [/answer of segmentation/, /ImageNet's mean and deviation/])
  const { answer: said } = classes
  await t.rejects(
    runPicture(fileOf(t, { answer: said }), picture),
    /how a picture becomes its input/,
  )
  const other = runPicture(fileOf(t, classes), picture, { as: 'pose' })
  await t.rejects(other, /asked for pose, and says of itself that it answers segmentation/)
})

t.test('what a file says and cannot mean is refused', async (t) => {
  const picture = patterned(8, 8)
  const answer = classes.answer as object
  const cases: readonly (readonly [Told, RegExp])[] = [
    [{ ...classes, answer: { ...answer, kind: 'depth' } }, /says of its answer what .*depth/],
    [{ ...classes, answer: { ...answer, gives: 'heatmaps' } }, /says of its answer what/],
    [{ ...classes, answer: { ...answer, labels: [1] } }, /says of its answer what/],
    [{ ...classes, answer: { ...answer, alignCorners: 1 } }, /says of its answer what/],
    [{ ...classes, answer: 7 }, /says of its answer what .*: 7\n/],
    [{ ...classes, answer: { ...answer, output: 'z' } }, /in output z, and has y/],
    [{ ...classes, answer: { ...answer, labels: ['a'] } }, /1 labels, and output y has 3 channels/],
    [{ ...classes, preprocessing: { ...rgb, mean: [0] } }, /says of its preprocessing what/],
    [{ ...classes, preprocessing: { ...rgb, mean: undefined } }, /says of its preprocessing what/],
    [{ ...classes, preprocessing: { ...rgb, format: 'bgr' } }, /says of its preprocessing what/],
    [
      { ...classes, preprocessing: { format: 'uint8-nhwc', colours: 'grey' } },
      /takes image: uint8 \[1, height, width, 3\], and a picture is uint8 \[1, height, width, 1\]/,
    ],
    [{ ...classes, batch: 4 }, /takes image: float32 \[4, 3, .*\n.*--batch 1/],
  ]
  for (const [told, said] of cases) {
    const asked = runPicture(fileOf(t, told), picture)
    await t.rejects(asked, said)
    await t.rejects(asked, InputError)
  }
  const labels = ['a', 'b']
  await t.rejects(runPicture(fileOf(t, classes), picture, { labels }), /2 labels/)
})

t.test("seventeen joints without names are COCO's, which is said", async (t) => {
  const told: Told = {
    answer: { kind: 'pose', output: 'y', gives: 'heatmaps' },
    preprocessing: rgb,
    channels: 17,
  }
  const { answer, input, assumed } = await runPicture(fileOf(t, told), patterned(30, 40))
  t.match(answer, { kind: 'pose', box: { x: 0, y: 0, width: 30, height: 40 } })
  t.match(answer, { points: [{ label: 'nose' }, { label: 'left eye' }] })
  t.same(input, { width: 192, height: 256 })
  t.match(assumed, [/its 17 joints are COCO's/])
})

t.test('external data that is missing is told with the file', async (t) => {
  const path = fileOf(t, { ...classes, external: 'net.onnx.data' })
  await t.rejects(
    runPicture(path, patterned(4, 4)),
    /does not load .*net\.onnx.*\n.*external data/s,
  )
})
