import type { Ended } from './plain-node.js'

/**
 * Runs command lines one after another in one process, each in its folder and as if it had a process of its own, and prints as JSON how each
 * ended and what it printed.
 */

type Write = typeof process.stdout.write

const lines: readonly { readonly words: readonly string[]; readonly cwd: string }[] = JSON.parse(
  process.argv[2] ?? '',
)
const write = process.stdout.write.bind(process.stdout)
const exit = process.exit.bind(process)
const texts = { stdout: '', stderr: '' }
let ended: (code: number) => void

const kept = (name: keyof typeof texts): Write =>
  ((chunk: string, done?: () => void): boolean => {
    texts[name] += chunk
    done?.()
    return true
  }) as Write

/** What a command line may change of its process, as it is at the start. */
function afresh(): void {
  texts.stdout = ''
  texts.stderr = ''
  process.stdout.write = kept('stdout')
  process.stderr.write = kept('stderr')
  process.exit = ((code: number) => ended(code)) as typeof process.exit
  for (const event of ['uncaughtException', 'beforeExit']) process.removeAllListeners(event)
  for (const stream of [process.stdout, process.stderr]) stream.removeAllListeners('error')
}

afresh()
const { run } = await import('../../src/cli/run.js')
const all: Ended[] = []
for (const { words, cwd } of lines) {
  afresh()
  process.chdir(cwd)
  const code = await new Promise<number>((resolve) => {
    ended = resolve
    // On a stack of its own: no line of this file is to pass for the user's.
    setImmediate(run, words)
  })
  all.push({ code, ...texts })
}
write(JSON.stringify(all), () => exit(0))
