/** `npm start`: trained weights and a picture in, the right answer out, and the same answer from PyTorch. */

import { mkdir, writeFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { count, drawAnswer, hrnetV2, preparePicture, printFigure } from 'heddle'
import {
  build,
  encodePng,
  openCheckpoint,
  openNetwork,
  openSession,
  readPicture,
  verify,
} from 'heddle/node'
import { digits } from '../examples/digits.js'
import { compare } from '../src/runtime/compare.js'
import { drawBranches } from './start/branches.js'
import {
  type Finding,
  findings,
  readPlaces,
  readPyTorch,
  readScore,
  scenePath,
  weightsPath,
} from './start/held-out.js'
import { drawText } from './start/picture.js'
import { grouped, percent, print, quiet, table, title, verdict } from './start/terminal.js'

const out = new URL('../../out/', import.meta.url)
const at = (name: string): string => fileURLToPath(new URL(name, out))
const here = (path: string): string => relative(process.cwd(), path)
await mkdir(out, { recursive: true })
const { heldOut, versions, scene } = await readScore()
const picture = await readPicture(scenePath)

title('digits', 'a small HRNetV2 that finds handwritten digits, trained in PyTorch')
const checkpoint = await openCheckpoint(weightsPath)
const weights = checkpoint.bind(digits)
const built = await build(digits, { weights, output: at('digits.onnx') })
const folded = built.passes.find(({ name }) => name === 'fold-batch-norm')
print(`  parameters  ${printFigure(built.parameters, 'parameters')}`)
print(`  weights     ${weights.tensors} tensors of ${here(weightsPath)}`)
print(
  `  held out    ${percent(heldOut.digitsRight, heldOut.digits)} of ${grouped(heldOut.digits)} digits are right, mean IoU ${percent(heldOut.miou, 1)}`,
)
print(
  `  compiled    ${here(built.path)}, ${built.nodes} nodes, ${folded?.fired} batch norms folded`,
)

title('A picture in, an answer out', 'of digits that were held out')
const network = await openNetwork(built.path)
const { answer } = await network.ask(picture)
await network.close()
if (answer.kind !== 'segmentation') throw new Error(`${built.path} answers ${answer.kind}`)
const drawn = drawAnswer(picture, answer, { opacity: 0.85 })
await writeFile(at('digits.png'), await encodePng(drawn))
print(drawText(picture, answer.map, ' 0123456789', 72))
print()
const found = findings(scene.digits, await readPlaces(), answer.map.data)
table(
  ['written', 'found', 'pixels right'],
  found.map(({ digit, found, pixels, right }) => [
    String(digit),
    found === 0 ? 'none' : String(found - 1),
    percent(right, pixels),
  ]),
)
print()
print(`  in   ${here(scenePath)}`)
print(`  out  ${here(at('digits.png'))}`)

title('The same from PyTorch', `its logits and classes, by torch ${versions.torch} in float64`)
const pytorch = await readPyTorch()
const { preprocessing } = network
const input = preparePicture(picture, { kind: 'segmentation', input: picture, preprocessing })
const size = { batch: 1, height: picture.height, width: picture.width }
const tolerance = 1e-5
const asWritten = await verify(digits, { weights, size, input, path: built.path, tolerance })
await checkpoint.close()
const session = await openSession(built.path, { optimize: true })
const { logits } = await session.run({ image: input })
await session.close()
if (!logits) throw new Error(`${built.path} has no logits`)
const comparisons = [
  ...asWritten.outputs.map((output) => ({ ...output, against: 'the network as written' })),
  { ...compare('logits', pytorch.logits, logits, tolerance), against: 'PyTorch' },
]
table(
  ['logits of the file and of', 'max |Δ|', 'relative', 'tolerance'],
  comparisons.map(({ against, maxAbs, relative, tolerance }) => [
    against,
    maxAbs.toExponential(1),
    relative.toExponential(1),
    tolerance.toExponential(0),
  ]),
)
const { data } = answer.map
const equal = pytorch.labels.reduce((sum, label, i) => sum + Number(label === data[i]), 0)
print()
print(`  ${grouped(equal)} of ${grouped(data.length)} pixels have PyTorch's class.`)
print(`  PyTorch's own float32 is ${scene.float32.toExponential(1)} from its float64.`)
print(`  ${asWritten.runtime}, on ${asWritten.provider}.`)
const same = comparisons.every(({ ok }) => ok) && equal === data.length
const isRight = ({ right, pixels }: Finding): boolean => right > pixels / 2
const [all, good] = [found.length, found.filter(isRight).length]
print()
print(
  `  ${verdict(good === all, `${all} digits of ${all} found`, `only ${good} digits of ${all} found`)}`,
)
print(`  ${verdict(same, 'the same answer', 'another answer')}`)

const width = 18
const large = hrnetV2(width)
const [height, wide] = large.image.size
const counted = count(large)
title(large.name, 'of the zoo: the same language at its full size')
print(drawBranches(width, counted, `${large.outputs.logits.channels} classes`))
print()
print('  Channels of each branch; a stage ends by fusing each branch into all others.')
print()
print(`  parameters  ${printFigure(counted.parameters, 'parameters')}`)
print(`  MACs        ${printFigure(counted.macs, 'macs')}`)
print(`  at          ${height}x${wide}`)
print()
print(quiet('  Next: npx heddle run out/digits.onnx examples/digits/scene.png -o answer.png'))
print(quiet('        npx heddle models, npx heddle --help'))
process.exitCode = same && good === all ? 0 : 1
