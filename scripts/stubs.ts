/**
 * `npm run stubs -- FOLDER [--sources DIR] [--wheel FILE]`: stub libraries of CUDA, and ONNX Runtime's real CUDA provider
 * that runs on them, for the tests that need both. The last two lines, for a shell, tell where they are.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { installProvider } from '../src/cuda/install.js'
import { linkRuntime } from './stubs/runtime.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** A folder with `build.sh`, which makes the stubs in a folder that it is given. */
    sources: { type: 'string', default: '../shared/gpu/fake-cuda' },
    /** Of onnxruntime-gpu, in place of one that is fetched (250 MB). */
    wheel: { type: 'string' },
  },
})

function refuse(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

const [given] = positionals
if (given === undefined) refuse('Name a folder to make them in.')
const folder = resolve(given)
const stubs = join(folder, 'stubs')
const script = join(values.sources, 'build.sh')
if (!existsSync(script))
  refuse(`There is no ${script}: name the folder of the sources by --sources.`)
const { status, error, stderr } = spawnSync('bash', [script, stubs], { encoding: 'utf8' })
if (status !== 0) refuse(`${script} fails: ${error?.message ?? stderr.trim()}`)
const packages = join(folder, 'node_modules')
const entry = existsSync(packages)
  ? join(packages, 'onnxruntime-node', 'dist', 'index.js')
  : linkRuntime(packages)
try {
  const { folder: provider } = await installProvider(entry, { wheel: values.wheel })
  process.stdout.write(
    `export HEDDLE_CUDA_STUBS='${stubs}'\nexport HEDDLE_CUDA_PROVIDER='${provider}'\n`,
  )
} catch (error) {
  refuse((error as Error).message)
}
