import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os'
import { version } from '../src/version.js'

/** What a figure is to be read with. */
export interface Machine {
  readonly date: string
  /** For the name of a record. */
  readonly label: string
  readonly processor: string
  readonly cores: number
  readonly memory: string
  readonly system: string
  readonly node: string
  readonly onnxRuntime: string
  readonly typescript: string
  readonly heddle: string
  readonly commit: string
  readonly load: string
}

export function machine(): Machine {
  const model = cpus()[0]?.model ?? 'unknown processor'
  const processor = model
    .replace(/\s*\((?:R|TM)\)/gi, '')
    .replace(/\s+/g, ' ')
    .trim()
  const cores = cpus().length
  const slug = processor.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  return {
    date: new Date().toISOString().slice(0, 10),
    label: `${slug}-${cores}`,
    processor,
    cores,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${platform()} ${release()} ${arch()}`,
    node: process.versions.node,
    onnxRuntime: versionOf('onnxruntime-node'),
    typescript: versionOf('typescript'),
    heddle: version,
    commit: commit(),
    load: (loadavg()[0] as number).toFixed(1),
  }
}

function versionOf(name: string): string {
  try {
    return createRequire(import.meta.url)(`${name}/package.json`).version
  } catch {
    return 'none'
  }
}

function commit(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], {
      encoding: 'utf8',
      // Outside a checkout, which the record tells.
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return 'no commit'
  }
}
