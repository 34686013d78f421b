import { createHash } from 'node:crypto'
import { createReadStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { compile } from '../src/compile.js'
import { zooModel } from '../src/models/zoo.js'
import { interleaved, type Pairs, spread, type Used, used } from './harness.js'
import { drawn, writeRecipe } from './recipe.js'
import { type Bench, finding, times } from './report.js'

/** The command, as Node runs it. */
export const heddle: string = fileURLToPath(new URL('../src/cli/main.js', import.meta.url))

/** One of the programs that import nothing of heddle. */
export function plainProgram(name: string): string {
  return fileURLToPath(new URL(`${name}.js`, import.meta.url))
}

const network = 'hrnet-v2-w48'

/** The whole command against a plain Node program that makes and writes the same bytes; that they are is checked. */
export const build: Bench = {
  name: 'build',
  summary: `\`heddle build ${network}\` (264 MB) over a plain program that makes and writes the same bytes`,
  rounds: 7,
  async run(rounds) {
    return times('build', await builds(rounds), 2)
  },
}

export const memory: Bench = {
  name: 'memory',
  summary: `what \`heddle build ${network}\` (264 MB) has resident at its peak, Node included`,
  rounds: 5,
  async run(rounds) {
    const { a, b } = await builds(rounds)
    const peaks = (runs: readonly Used[]): readonly number[] => runs.map(({ peak }) => peak / 1e6)
    return [
      { what: 'build, largest peak', unit: 'MB', value: Math.max(...peaks(a)), aim: 200 },
      finding('build, peak', 'MB', spread(peaks(a))),
      finding('the plain program, peak', 'MB', spread(peaks(b))),
    ]
  },
}

async function builds(rounds: number): Promise<Pairs<Used>> {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-bench-'))
  try {
    const [ours, theirs] = [join(folder, 'ours.onnx'), join(folder, 'theirs.onnx')]
    const build = (): Used => used([heddle, 'build', network, '-o', ours])
    const plain = (): Used => used([plainProgram('plain-build'), folder, theirs])
    build()
    const { plain: asWritten, graph } = compile(zooModel(network))
    await writeRecipe(graph, ours, folder, drawn(asWritten))
    plain()
    await sameBytes(ours, theirs, network)
    return interleaved(rounds, build, plain)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Nothing is timed unless both made the same. */
export async function sameBytes(ours: string, theirs: string, network: string): Promise<void> {
  if ((await digest(ours)) !== (await digest(theirs)))
    throw new Error(`the plain program does not make the bytes of ${network}`)
}

async function digest(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
