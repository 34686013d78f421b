import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'

// No test, and nothing that one starts, reads what the user has in caches, or removes it.
const caches = mkdtempSync(join(tmpdir(), 'caches-'))
process.env.XDG_CACHE_HOME = caches
process.on('exit', () => rmSync(caches, { recursive: true, force: true }))

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface PlainOptions {
  readonly cwd?: string
  /** Beside what is set already; `undefined` takes a variable out. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

export type Started = ChildProcessByStdio<null, Readable, Readable>

/** tap puts loaders and source maps into every process that it sees started; a shell takes them out again. */
function inShell(words: readonly string[]): readonly string[] {
  return ['-c', 'unset NODE_OPTIONS; exec "$0" "$@"', ...words]
}

/** Runs Node as a user does. */
export function plainNode(words: readonly string[], options: PlainOptions = {}): Ended {
  const { cwd = process.cwd(), env = {} } = options
  const { status, stdout, stderr } = spawnSync('sh', inShell([process.execPath, ...words]), {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 2 ** 28,
  })
  return { code: status, stdout, stderr }
}

/** Starts a program as a user does. */
export function start(words: readonly string[], { cwd, env }: PlainOptions = {}): Started {
  return spawn('sh', inShell(words), {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** How a program ended, and all that it printed. */
export async function ended(child: Started): Promise<Ended> {
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text
    })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  return { code, ...texts }
}
