import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Launches } from '../../src/targets/costs/launches.js'
import { linkRuntime } from '../stubs/runtime.js'

/** Where ONNX Runtime's CUDA provider is, and the stub libraries that it runs on. */
export interface Stubbed {
  /** A folder of the provider's two files. */
  readonly provider: string
  /** Made by the stubs' `build.sh`. */
  readonly stubs: string
  /** Names of nodes for each of several streams: what ONNX Runtime is told by a file. */
  readonly streams?: string
}

/** What was logged in one run: kernels and calls, copies, and how often each. */
export interface Logged extends Launches {
  readonly kinds: Readonly<Record<string, number>>
}

/**
 * Runs a file on the stub libraries, where nothing is computed, and tells what the second run launched: the first also
 * looks for algorithms.
 * @throws {Error} where ONNX Runtime fails: with what it said.
 */
export function stubbedRun(model: string, { provider, stubs, streams }: Stubbed): Logged {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-launches-'))
  const log = join(folder, 'log')
  writeFileSync(log, '')
  try {
    const runtime = linkRuntime(join(folder, 'node_modules'), provider)
    const child = fileURLToPath(new URL('./child.js', import.meta.url))
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [child, model, runtime, ...(streams === undefined ? [] : [streams])],
      {
        encoding: 'utf8',
        env: { ...process.env, LD_LIBRARY_PATH: `${stubs}:${stubs}/dnn`, FAKE_CUDA_LOG: log },
      },
    )
    if (status !== 0) throw new Error(`${model} does not run on the stub libraries: ${stderr}`)
    return readLog(readFileSync(log, 'utf8').slice(Number(stdout)))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A line for each: `launch _ZN…`, `cudnn AddTensor`, `memcpyasync H2D 4096`; others start nothing. */
export function readLog(log: string): Logged {
  const kinds: Record<string, number> = {}
  const counts = { kernels: 0, copies: 0 }
  for (const line of log.split('\n')) {
    const [what = '', which = ''] = line.split(' ')
    const isKernel = what === 'launch' || what === 'cudnn' || what === 'cublas'
    if (!isKernel && !/^mem(cpy|set)/.test(what)) continue
    counts[isKernel ? 'kernels' : 'copies']++
    const kind = what === 'launch' ? kernelName(which) : `${what} ${which}`
    kinds[kind] = (kinds[kind] ?? 0) + 1
  }
  return {
    ...counts,
    kinds: Object.fromEntries(Object.entries(kinds).sort(([, a], [, b]) => b - a)),
  }
}

/** Of a mangled name the function, and the operation that it was made for. */
function kernelName(mangled: string): string {
  const [, length = '0', rest = ''] = /4cuda(\d+)(\w+)/.exec(mangled) ?? []
  const operation = /OP_([A-Za-z]+?)I/.exec(rest)?.[1]
  const name = rest.slice(0, Number(length)) || mangled
  return operation === undefined ? name : `${name} ${operation}`
}
