import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { zooModel } from '../src/models/zoo.js'
import { heddle } from './build.js'
import { interleaved, type Pairs, ratio, spread, type Used, used } from './harness.js'
import { type Bench, type Finding, figure, finding } from './report.js'
import { writeTorchFile } from './torch-file.js'

const network = 'hrnet-v2-w48'
const script = fileURLToPath(new URL('../../bench/export.py', import.meta.url))

/** What `torch.onnx.export` takes, over what heddle takes, from the same file to the same network. */
export const exported: Bench = {
  name: 'export',
  summary: `\`torch.onnx.export\` of ${network} from a .pth file over \`heddle build --weights\`, both with their start-up`,
  rounds: 3,
  async run(rounds) {
    const folder = mkdtempSync(join(tmpdir(), 'heddle-bench-'))
    try {
      const path = join(folder, 'net.pth')
      await writeTorchFile(path, zooModel(network))
      return [512, 64].flatMap((height) => against(folder, path, height, rounds))
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
}

/** Seconds of a whole process. */
interface Took {
  readonly wall: number
}

function against(folder: string, path: string, height: number, rounds: number): readonly Finding[] {
  const width = 2 * height
  const theirs = (): Took =>
    python([script, path, join(folder, 'theirs.onnx'), `${height}`, `${width}`])
  const ours = (): Used =>
    used([
      ...[heddle, 'build', network, '--weights', path],
      ...['--input', `${height}x${width}`, '-o', join(folder, 'ours.onnx')],
    ])
  const pairs: Pairs<Took> = interleaved<Took>(rounds, theirs, ours)
  const [a, b] = [pairs.a, pairs.b].map((runs) => figure(spread(runs.map((r) => r.wall)).median))
  return [
    finding(
      `export at ${height}x${width}, wall time`,
      '×',
      ratio(pairs, (r) => r.wall),
      {
        least: 20,
        from: `${a} ms over ${b} ms`,
      },
    ),
  ]
}

function python(words: readonly string[]): Took {
  const start = performance.now()
  const { status, stderr } = spawnSync(process.env.HEDDLE_PYTHON as string, words, {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`python ${words.join(' ')} ended with ${status}:\n${stderr}`)
  return { wall: performance.now() - start }
}
