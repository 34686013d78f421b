import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCheckpoint } from '../src/checkpoint/open.js'
import { compile } from '../src/compile.js'
import { zooModel } from '../src/models/zoo.js'
import { writeSeeded } from '../test/support/seeded-file.js'
import { heddle, plainProgram, sameBytes } from './build.js'
import { interleaved, spread, type Used, used } from './harness.js'
import { stored, writeRecipe } from './recipe.js'
import { type Bench, type Finding, finding, times } from './report.js'
import { writeTorchFile } from './torch-file.js'

const network = 'hrnet-v2-w48'
const files = {
  safetensors: writeSeeded,
  pth: writeTorchFile,
} as const

/** The whole command against a plain Node program that reads the same tensors and writes the same bytes. */
export const weights: Bench = {
  name: 'weights',
  summary: `\`heddle build ${network} --weights\` (264 MB) over a plain program that reads and writes the same bytes`,
  rounds: 5,
  async run(rounds) {
    const findings: Finding[] = []
    for (const [form, write] of Object.entries(files)) {
      const folder = mkdtempSync(join(tmpdir(), 'heddle-bench-'))
      try {
        findings.push(...(await from(form, write, folder, rounds)))
      } finally {
        rmSync(folder, { recursive: true })
      }
    }
    return findings
  },
}

async function from(
  form: string,
  write: (typeof files)[keyof typeof files],
  folder: string,
  rounds: number,
): Promise<readonly Finding[]> {
  const model = zooModel(network)
  const path = join(folder, `net.${form}`)
  const [ours, theirs] = [join(folder, 'ours.onnx'), join(folder, 'theirs.onnx')]
  await write(path, model)
  const build = (): Used => used([heddle, 'build', network, '--weights', path, '-o', ours])
  const plain = (): Used => used([plainProgram('plain-weights'), folder, theirs, path])
  build()
  const { plain: asWritten, graph } = compile(model)
  const checkpoint = await openCheckpoint(path)
  await writeRecipe(graph, ours, folder, stored(asWritten, checkpoint.bind(model)))
  await checkpoint.close()
  plain()
  await sameBytes(ours, theirs, network)
  const pairs = interleaved(rounds, build, plain)
  const peaks = pairs.a.map(({ peak }) => peak / 1e6)
  return [
    ...times(`from .${form}`, pairs, 2),
    { what: `from .${form}, largest peak`, unit: 'MB', value: Math.max(...peaks), aim: 250 },
    finding(`from .${form}, peak`, 'MB', spread(peaks)),
  ]
}
