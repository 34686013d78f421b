import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** What is asked for, by name, and what it is given. */
export interface Question {
  readonly ask: string
  readonly [given: string]: unknown
}

/** A process that answers each line of JSON by one, on descriptor 3: what libraries print is theirs. */
export interface Child {
  /** @throws where it answers with an error, or ends; calls do not overlap. */
  ask<T>(question: Question): Promise<T>
  /** Resolves once it has ended; it may have before. */
  end(): Promise<void>
}

type Environment = Readonly<Record<string, string | undefined>>

/** Of what a process says on stderr, as much as an error tells. */
const kept = 1500

export function child(
  [command, ...words]: readonly [string, ...string[]],
  environment: Environment,
  signal: AbortSignal,
): Child {
  const process_ = spawn(command, words, {
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    signal,
    killSignal: 'SIGKILL',
  })
  let said = ''
  // ONNX Runtime prints there how streams share memory, and nothing turns it off.
  process_.stdout.resume()
  process_.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-kept)
  })
  // What is asked of a process that has ended is told by its end.
  process_.stdin.on('error', () => {})
  let waiting: ((line: string | Error) => void) | undefined
  let failure: Error | undefined
  const ended = new Promise<void>((resolve) => {
    const fail = (how: string): void => {
      failure ??= new Error(`the process ended (${how}): ${said.trim()}`)
      waiting?.(failure)
      resolve()
    }
    process_.on('error', ({ message }) => fail(message))
    process_.on('close', (code, by) => fail(String(by ?? code)))
  })
  createInterface({ input: process_.stdio[3] as Readable }).on('line', (line) => waiting?.(line))
  return {
    async ask(question) {
      if (failure) throw failure
      const line = await new Promise<string | Error>((resolve) => {
        waiting = resolve
        process_.stdin.write(`${JSON.stringify(question)}\n`)
      })
      waiting = undefined
      if (line instanceof Error) throw line
      const answer = JSON.parse(line)
      if (answer.error !== undefined) throw new Error(answer.error)
      return answer
    },
    end() {
      process_.stdin.end()
      return ended
    },
  }
}
