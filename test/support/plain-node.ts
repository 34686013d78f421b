import { spawnSync } from 'node:child_process'

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface PlainOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/**
 * Runs Node as a user does. tap puts loaders and source maps into every process that it sees started; a shell
 * takes them out again.
 */
export function plainNode(words: readonly string[], options: PlainOptions = {}): Ended {
  const { cwd = process.cwd(), env = {} } = options
  const { status, stdout, stderr } = spawnSync(
    'sh',
    ['-c', 'unset NODE_OPTIONS; exec "$0" "$@"', process.execPath, ...words],
    { cwd, encoding: 'utf8', env: { ...process.env, ...env }, maxBuffer: 2 ** 28 },
  )
  return { code: status, stdout, stderr }
}
