/** `npm start`: trained weights and a picture in, the right answer out, and the same answer from PyTorch. */

import { mkdir, writeFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { count, hrnetV2, printFigure } from 'heddle'
import { build, openCheckpoint, openNetwork, openSession, verify } from 'heddle/node'
import { digits } from '../examples/digits.js'
import { compare } from '../src/runtime/compare.js'
import { drawBranches } from './start/branches.js'
import {
  findings,
  readPlaces,
  readPyTorch,
  readScore,
  scenePath,
  weightsPath,
} from './start/held-out.js'
import { drawLabels, drawPixels } from './start/picture.js'
import { depth, percent, print, quiet, strong, table, title, verdict } from './start/terminal.js'

const out = new URL('../../out/', import.meta.url)
const at = (name: string): string => fileURLToPath(new URL(name, out))
const here = (path: string): string => relative(process.cwd(), path)
await mkdir(out, { recursive: true })

const { heldOut, versions, scene } = await readScore()

title('digits', 'a small HRNetV2 that finds handwritten digits, trained in PyTorch')
const checkpoint = await openCheckpoint(weightsPath)
const weights = checkpoint.bind(digits)
print(`  parameters  ${printFigure(count(digits).parameters, 'parameters')}`)
print(`  weights     ${here(weightsPath)},`)
print(`              ${weights.tensors} tensors, ${weights.unused.length} of them without a place`)
print(
  `  held out    ${percent(heldOut.digitsRight, heldOut.digits)} of ${heldOut.digits} digits right,`,
)
print(`              mean intersection over union ${percent(heldOut.miou, 1)}`)

title('The file', 'compiled by passes, each of which leaves the outputs as they are')
const built = await build(digits, { weights, output: at('digits.onnx') })
table(
  ['pass', 'nodes', 'after', ''],
  built.passes.map(({ name, before, after, fired }) => [
    name,
    String(before),
    String(after),
    fired === 0 ? 'nothing to do here' : `fired ${fired} times`,
  ]),
)
print()
print(`  ${here(built.path)}, ${printFigure(built.bytes, 'bytes')}`)

title('A picture in, an answer out', 'digits that it was not trained on')
const picture = await decodePicture(await readFile(scenePath))
const network = await openNetwork(built.path)
const { answer } = await network.ask(picture)
await network.close()
if (answer.kind !== 'segmentation') throw new Error(`${built.path} answers ${answer.kind}`)
const drawn = drawAnswer(picture, answer)
await writeFile(at('digits.png'), encodePng(drawn))
print(depth > 1 ? drawPixels([picture, drawn], 37) : drawLabels(answer.map, ' 0123456789', 72))
print()
const found = findings(scene.digits, await readPlaces(), answer.map.data)
table(
  ['digit', 'found', 'pixels right'],
  found.map(({ digit, found, pixels, right }) => [
    String(digit),
    found === 0 ? '-' : String(found - 1),
    percent(right, pixels),
  ]),
)
print()
print(`  in   ${here(scenePath)}`)
print(`  out  ${here(at('digits.png'))}`)

title('The same answer from PyTorch', `${versions.torch}, in float64`)
const pytorch = await readPyTorch()
const { preprocessing } = network
const input = preparePicture(picture, { kind: 'segmentation', input: picture, preprocessing })
const size = { batch: 1, height: picture.height, width: picture.width }
const checked = await verify(digits, { weights, size, input, path: built.path })
await checkpoint.close()
const session = await openSession(built.path, { optimize: true })
const { logits } = await session.run({ image: input })
await session.close()
if (!logits) throw new Error(`${built.path} has no logits`)
const comparisons = [
  ['the file and the network as written', ...checked.outputs],
  ['the file and PyTorch', compare('logits', pytorch.logits, logits, defaultTolerance)],
]
