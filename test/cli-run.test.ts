import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { decodePicture } from '../src/picture/decode.js'
import { answering, type Told } from './support/answering.js'
import { document, heddle, heddleInTurn, scratch } from './support/heddle.js'
import { pathOf } from './support/pictures.js'
import type { Ended } from './support/plain-node.js'

const rgb = {
  format: 'float32-nchw',
  colours: 'rgb',
  mean: [0, 0, 0],
  deviation: [1, 1, 1],
}
const segmentation: Told = {
  answer: { kind: 'segmentation', output: 'y', gives: 'logits', labels: ['red', 'green', 'blue'] },
  preprocessing: rgb,
}
const pose: Told = { answer: { kind: 'pose', output: 'y', gives: 'heatmaps' }, preprocessing: rgb }

/** A folder with a network, a photograph and a list of names. */
function folder(t: Test, told: Told = segmentation): string {
  const cwd = scratch(t, {
    'names.txt': 'sea\nsand\nsky\n',
    'two.txt': 'one\ntwo\n',
    'gap.txt': 'a\n\nb\n',
  })
  writeFileSync(join(cwd, 'net.onnx'), answering(told))
  copyFileSync(pathOf('turn6.jpg'), join(cwd, 'photo.jpg'))
  return cwd
}

t.test('a picture in, an answer out: as text, as JSON, and drawn', async (t) => {
  const cwd = folder(t)
  const { code, stdout, stderr } = heddle('run net.onnx photo.jpg -o out.png', { cwd })
  t.equal(stderr, '')
  t.equal(code, 0)
  t.match(stdout, /photo\.jpg\n {2}segmentation of 17x26 pixels, run at 17x26 \(width x height\)/)
  t.match(stdout, /onnxruntime-node [\d.]+, on cpu/)
  t.match(stdout, /class +pixels +share\n {2}\w+ +\d+ +[\d.]+ %/)
  t.match(stdout, /drawn in out\.png/)
  const drawn = await decodePicture(new Uint8Array(readFileSync(join(cwd, 'out.png'))))
  t.ok(drawn.width >= 17 && drawn.height > 26)

  const { json } = document('run net.onnx photo.jpg --labels names.txt', { cwd })
  t.match(json, {
    answer: 'segmentation',
    provider: 'cpu',
    runtime: /^onnxruntime-node /,
    picture: { width: 17, height: 26 },
    input: { width: 17, height: 26 },
    assumed: [],
  })
  const labels = new Set(['sea', 'sand', 'sky'])
  let pixels = 0
  for (const one of json.classes) {
    t.same(Object.keys(one), ['index', 'label', 'pixels', 'share'])
    t.ok(labels.has(one.label))
    pixels += one.pixels
  }
  t.equal(pixels, 17 * 26)
})

t.test('points are told in pixels of the picture, of the box that is asked for', async (t) => {
  const cwd = folder(t, pose)
  const { json } = document('run net.onnx photo.jpg --box 2,3,10,20.5 -o pose.png', { cwd })
  t.match(json, {
    answer: 'pose',
    input: { width: 192, height: 256 },
    output: 'pose.png',
    box: { x: 2, y: 3, width: 10, height: 20.5 },
  })
  t.equal(json.points.length, 3)
  for (const one of json.points) t.same(Object.keys(one), ['index', 'x', 'y', 'score'])
  const { width, height } = await decodePicture(new Uint8Array(readFileSync(join(cwd, 'pose.png'))))
  t.same([width, height], [17, 26])
  t.match(
    heddle('run net.onnx photo.jpg --labels names.txt', { cwd }).stdout,
    /joint +x +y +score\n {2}sea +[-\d.]+/,
  )
})

t.test('what a file does not say can be said, and is told on standard error', async (t) => {
  const cwd = folder(t, {})
  const { code, stdout, stderr } = heddle('run net.onnx photo.jpg --as segmentation', { cwd })
  t.equal(code, 0)
  t.match(stdout, /segmentation of 17x26/)
  t.match(stderr, /assumed: that its output is an answer of segmentation\n.*ImageNet's mean/)
  t.equal(document('run net.onnx photo.jpg --as segmentation', { cwd }).json.assumed.length, 2)
})

t.test('what cannot be is refused with exit code 2, and nothing is written', async (t) => {
  const cwd = folder(t)
  const before = readdirSync(cwd)
  const cases: readonly (readonly [line: string, said: RegExp])[] = [
    ['net.onnx', /missing required argument 'picture'\n.*heddle run net\.onnx photo\.jpg/],
    ['net.onnx missing.jpg', /missing\.jpg cannot be read: there is no such file/],
    ['net.onnx names.txt', /names\.txt is a text, which is not read\n.*JPEG or a PNG/],
    ['net.onnx .', /\. cannot be read: it is a folder/],
    ['net.onnx net.onnx', /net\.onnx is no picture/],
    ['missing.onnx photo.jpg', /missing\.onnx cannot be read/],
    ['names.txt photo.jpg', /names\.txt is no ONNX file/],
    ['net.onnx photo.jpg -o out.jpg', /--out is out\.jpg, which does not end in \.png\n.*out\.png/],
    ['net.onnx photo.jpg -o none/out.png', /its folder does not exist/],
    ['net.onnx photo.jpg --top 3', /--top does not apply to net\.onnx, which answers segmentation/],
    ['net.onnx photo.jpg --box 0,0,4,4', /--box does not apply .*\n.*pose and landmarks/],
    ['net.onnx photo.jpg --box 0,0,4', /--box is 0,0,4\n/],
    ['net.onnx photo.jpg --opacity 2', /--opacity is 2\n.*0 to 1/],
    ['net.onnx photo.jpg --input dynamic', /--input is dynamic/],
    ['net.onnx photo.jpg --labels two.txt', /2 labels, and output y has 3 channels/],
    ['net.onnx photo.jpg --labels gap.txt', /line 2 of gap\.txt is empty/],
    ['net.onnx photo.jpg --labels none.txt', /none\.txt cannot be read/],
    ['net.onnx photo.jpg --as pose', /asked for pose, and says of itself/],
    ['net.onnx photo.jpg --as depth', /--as is depth\n.*segmentation, pose, landmarks or class/],
  ]
  const all = heddleInTurn(
    cases.map(([line]) => `run ${line}`),
    { cwd },
  )
  for (const [i, [line, said]] of cases.entries()) {
    const { code, stdout, stderr } = all[i] as Ended
    t.equal(code, 2, line)
    t.equal(stdout, '', line)
    t.match(stderr, said, line)
    t.notMatch(stderr, /^ {4}at /m, 'no stack trace')
  }
  t.same(readdirSync(cwd), before)
})

t.test('the picture and the network are never written over', async (t) => {
  const cwd = folder(t)
  copyFileSync(pathOf('rgb.png'), join(cwd, 'photo.png'))
  const bytes = readFileSync(join(cwd, 'photo.png'))
  const { code, stderr } = heddle('run net.onnx photo.png -o ./photo.png', { cwd })
  t.equal(code, 2)
  t.match(stderr, /\.\/photo\.png is the file that is read/)
  t.same(readFileSync(join(cwd, 'photo.png')), bytes)
  t.notOk(existsSync(join(cwd, 'out.png')))
})

t.test('weights that are missing beside the file are told, and nothing is drawn', async (t) => {
  const cwd = folder(t, { ...segmentation, external: 'net.onnx.data' })
  const { code, stderr } = heddle('run net.onnx photo.jpg -o out.png', { cwd })
  t.equal(code, 2)
  t.match(stderr, /does not load net\.onnx/)
  t.notOk(existsSync(join(cwd, 'out.png')))
})
