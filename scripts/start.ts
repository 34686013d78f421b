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

const score = await readScore()
const { heldOut, training, versions, scene } = score

title('digits', 'a small HRNetV2 that finds handwritten digits, trained in PyTorch')
print('  examples/digits.ts, 4 branches of 8 to 64 channels')
print(`  parameters  ${printFigure(count(digits).parameters, 'parameters')}`)
const checkpoint = await openCheckpoint(weightsPath)
const weights = checkpoint.bind(digits)
print(`  weights     ${here(weightsPath)}, ${printFigure(checkpoint.bytes, 'bytes')},`)
print(`              ${weights.tensors} tensors, none missing, ${weights.unused.length} unused`)
print(`  held out    ${percent(heldOut.digitsRight, heldOut.digits)} of ${heldOut.digits} digits right, mean IoU ${percent(heldOut.miou, 1)}`)

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
