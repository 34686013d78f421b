import { spawn } from 'node:child_process'
import type { Ended } from './plain-node.js'

/**
 * Runs a program as a user does in a shell: without tap's loaders, and without what `npm test` tells its
 * children, which would make them work in this package's folder.
 */
export async function program(words: readonly string[], cwd: string): Promise<Ended> {
  const told = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name))
  const child = spawn('sh', ['-c', 'unset NODE_OPTIONS; exec "$0" "$@"', ...words], {
    cwd,
    env: Object.fromEntries(told),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  return { code, stdout, stderr }
}

export function npm(words: readonly string[], cwd: string): Promise<Ended> {
  return program(['npm', ...words], cwd)
}
