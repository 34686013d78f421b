/**
 * `node dist/scripts/launches.js --provider DIR --stubs DIR [--record]`: what ONNX Runtime's CUDA provider launches in one run
 * of networks of the zoo, by what stub libraries of CUDA log, against what `src/targets/costs/launches.ts` counts. Nothing
 * is computed, and no GPU is needed. `DIR`s may stand in HEDDLE_CUDA_PROVIDER and HEDDLE_CUDA_STUBS, as
 * `npm run stubs` makes them and says. `--record` writes bench/records/launches.json.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { machine } from '../bench/machine.js'
import { table } from '../bench/record.js'
import { build } from '../src/build/build.js'
import { targets } from '../src/targets/targets.js'
import { loggedOf, modelOf, type Network, networks } from './launches/networks.js'
import { type Logged, stubbedRun } from './launches/stubbed.js'

const { values } = parseArgs({
  options: {
    provider: { type: 'string', default: process.env.HEDDLE_CUDA_PROVIDER ?? '' },
    stubs: { type: 'string', default: process.env.HEDDLE_CUDA_STUBS ?? '' },
    record: { type: 'boolean' },
  },
})
if (values.provider === '' || values.stubs === '') {
  process.stderr.write('Give --provider and --stubs: see the head of scripts/launches.ts.\n')
  process.exit(2)
}

const folder = await mkdtemp(join(tmpdir(), 'heddle-launches-'))
const counted: (Network & Logged)[] = []
const rows: string[][] = []
let allOk = true
try {
  for (const network of networks) {
    const { height, width, passes, precision } = network
    const output = join(folder, 'net.onnx')
    const size = { batch: 1, height, width }
    const asWritten = passes ? {} : { passes: [] }
    await build(modelOf(network), {
      output,
      size,
      precision,
      target: targets['ort-cuda'],
      ...asWritten,
    })
    const logged = stubbedRun(output, values)
    const own = loggedOf(network)
    const ok = own.kernels === logged.kernels && own.copies === logged.copies
    allOk &&= ok
    counted.push({ ...network, ...logged })
    rows.push([
      network.name,
      `${height}x${width}`,
      passes ? `ort-cuda, ${precision}` : `as written, ${precision}`,
      `${logged.kernels}`,
      `${logged.copies}`,
      ok ? 'as counted' : `COUNTED ${own.kernels} and ${own.copies}`,
    ])
    process.stderr.write(`${rows.at(-1)?.join('  ')}\n`)
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}

process.stdout.write(`${table(['network', 'input', 'as', 'kernels', 'copies', ''], rows)}\n`)
if (values.record) {
  const { date, commit, onnxRuntime } = machine()
  const path = new URL('../../bench/records/launches.json', import.meta.url)
  const on = 'stub libraries of CUDA 13 and cuDNN 9, which compute nothing: no GPU'
  await writeFile(
    path,
    `${JSON.stringify({ date, commit, onnxRuntime, on, networks: counted }, undefined, 2)}\n`,
  )
}
process.exitCode = allOk ? 0 : 1
