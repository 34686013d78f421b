import { spawnSync } from 'node:child_process'
import { main } from './heddle.js'
import type { Ended, PlainOptions } from './plain-node.js'

/** Whether there is util-linux's `script`, which gives a command a terminal. */
export const hasTerminal: boolean =
  process.platform === 'linux' && spawnSync('script', ['--version']).status === 0

export interface TerminalOptions extends PlainOptions {
  readonly columns?: number
}

/** Runs `heddle` on a terminal: what it shows comes as it went there, lines ending in CR LF. */
export function onTerminal(line: string, options: TerminalOptions = {}): Ended {
  const { cwd = process.cwd(), env = {}, columns = 80 } = options
  const command = `stty cols ${columns}; exec "${process.execPath}" "${main}" ${line}`
  const { NODE_OPTIONS, NO_COLOR, FORCE_COLOR, ...plain } = process.env
  const { status, stdout, stderr } = spawnSync('script', ['-qec', command, '/dev/null'], {
    cwd,
    encoding: 'utf8',
    env: { ...plain, TERM: 'xterm', ...env },
    maxBuffer: 2 ** 28,
  })
  return { code: status, stdout, stderr }
}
