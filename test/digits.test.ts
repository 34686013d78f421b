import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { count, drawAnswer, preparePicture } from 'heddle'
import {
  build,
  encodePng,
  openCheckpoint,
  openSession,
  readPicture,
  runPicture,
  type Session,
} from 'heddle/node'
import t from 'tap'
import { digits } from '../examples/digits.js'
import {
  findings,
  readPlaces,
  readPyTorch,
  readScore,
  scenePath,
  weightsPath,
} from '../scripts/start/held-out.js'
import { compare } from '../src/runtime/compare.js'

const { heldOut, scene } = await readScore()
const pytorch = await readPyTorch()
const picture = await readPicture(scenePath)
const checkpoint = await openCheckpoint(weightsPath)
const weights = checkpoint.bind(digits)
t.teardown(() => checkpoint.close())

/** The file, built with the passes or as written, in ONNX Runtime with its own optimiser or without. */
async function logitsOf(path: string, optimize: boolean): ReturnType<Session['run']> {
  const session = await openSession(path, { optimize })
  const { normalisation } = digits.image
  const preprocessing = { format: 'float32-nchw', colours: 'rgb', ...normalisation } as const
  const image = preparePicture(picture, { kind: 'segmentation', input: picture, preprocessing })
  const results = await session.run({ image })
  await session.close()
  return results
}

t.test('the weights that are shipped are those of the network, all and no others', async (t) => {
  const halves = checkpoint.tensors.filter(({ type }) => type === 'float16')
  t.equal(weights.tensors, halves.length)
  t.same(weights.unused, [])
  const trained = halves.filter(({ name }) => !name.includes('.running_'))
  const sizes = trained.map(({ shape }) => shape.reduce((a, b) => a * b, 1))
  t.equal(
    sizes.reduce((a, b) => a + b),
    250_331,
  )
  t.equal(count(digits).parameters, 250_331)
  t.ok(statSync(weightsPath).size <= 1e6)
})

t.test('before the passes and after them, it gives the logits that PyTorch gives', async (t) => {
  // As far apart as float32 and float64 are in PyTorch, twice.
  const tolerance = 2 * scene.float32
  t.ok(tolerance < 3e-6)
  for (const passes of [[], undefined]) {
    const path = join(t.testdir(), 'digits.onnx')
    await build(digits, { weights, output: path, passes })
    const { logits } = await logitsOf(path, passes === undefined)
    if (!logits) throw new Error('no logits')
    const { relative, ok } = compare('logits', pytorch.logits, logits, tolerance)
    t.ok(ok, `${relative} of ${tolerance}`)
  }
})

t.test('a picture in, PyTorch’s answer out: every pixel has the same class', async (t) => {
  const path = join(t.testdir(), 'digits.onnx')
  await build(digits, { weights, output: path })
  const { answer } = await runPicture(path, picture)
  if (answer.kind !== 'segmentation') throw new Error(answer.kind)
  const labels = [...answer.map.data]
  t.same(labels, [...pytorch.labels])

  const drawn = await encodePng(drawAnswer(picture, answer, { opacity: 0.85 }))
  t.ok(readFileSync('examples/digits/answer.png').equals(drawn), 'the README shows it')

  const places = await readPlaces()
  const found = findings(scene.digits, places, labels)
  t.equal(found.filter(({ right, pixels }) => right > pixels / 2).length, scene.digitsRight)
  const truth = Array.from(places, (place) =>
    place === 0 ? 0 : Number(scene.digits[place - 1]) + 1,
  )
  t.equal(labels.filter((label, i) => label === truth[i]).length, scene.pixelsRight)
})

t.test('in float16 and in 8 bits it finds the same digits', async (t) => {
  const places = await readPlaces()
  for (const [precision, most] of [
    ['float16', 2],
    ['int8', 200],
  ] as const) {
    const output = join(t.testdir(), `${precision}.onnx`)
    await build(digits, { weights, output, precision })
    const { answer } = await runPicture(output, picture)
    if (answer.kind !== 'segmentation') throw new Error(answer.kind)
    const found = findings(scene.digits, places, [...answer.map.data])
    t.equal(found.filter(({ right, pixels }) => right > pixels / 2).length, scene.digitsRight)
    const others = answer.map.data.filter((label, i) => label !== pytorch.labels[i]).length
    t.ok(others <= most, `${precision}: ${others} of ${24_576} pixels otherwise`)
  }
})

t.test('the score that the documents state is the one that the script wrote', async (t) => {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
  const text = readFileSync('examples/digits/README.md', 'utf8')
  const digits = heldOut.digits.toLocaleString('en')
  t.match(text, `${percent(heldOut.digitsRight / heldOut.digits)} of ${digits} digits`)
  t.match(text, `${percent(heldOut.miou)} on average`)
})
