import type { Writable } from 'node:stream'

/** Standard output as it was at the start: whatever else writes there later is sent to standard error. */
const write = process.stdout.write.bind(process.stdout)
const exit = process.exit.bind(process)

/** Prints a result, with a line end. */
export function print(text: string): void {
  write(text.endsWith('\n') ? text : `${text}\n`)
}

/** Prints a result as the one JSON document; what is no number (NaN) is null. */
export function printJson(value: unknown): void {
  const text = JSON.stringify(value, undefined, 2)
  // Lists of numbers and words stand on one line. Line ends within strings are escaped, so these are structure.
  print(
    text.replace(
      /\[\n[^[\]{}]*?\n\s*\]/g,
      (list) => `[${list.slice(1, -1).trim().replace(/\n\s*/g, ' ')}]`,
    ),
  )
}

/** Tells something beside the result: on standard error. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** From here on, what a file of the user's prints goes to standard error: results stay alone on standard output. */
export function divertOutput(): void {
  process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write
}

/** From here on, code of the user's that would end the process meets `refusal` instead. */
export function keepRunning(refusal: () => Error): void {
  process.exit = () => {
    throw refusal()
  }
}

/**
 * Ends the process where what it prints cannot be written. A reader that has seen enough (`heddle models | head
 * -1`) is no error; a full disk behind a `>` is told on standard error, once, and ends with `code`.
 */
export function endWhereUnread(code: number): void {
  process.stderr.on('error', () => exit(code))
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') exit()
    note(
      `error: standard output cannot be written: ${error.message}\n  Make room, or send it elsewhere.`,
    )
    exit(code)
  })
}

/** Ends the process once all that was printed has left it. */
export async function leave(code: number): Promise<never> {
  await new Promise<void>((done) => write('', () => done()))
  return exit(code)
}

export interface Style {
  bold(text: string): string
  dim(text: string): string
  red(text: string): string
  green(text: string): string
  yellow(text: string): string
}

/** Colours for a stream: none in pipes or where NO_COLOR asks for none; FORCE_COLOR asks for them. */
export function styleOf(stream: Writable & { isTTY?: boolean }): Style {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env
  const wanted = FORCE_COLOR !== undefined && FORCE_COLOR !== '0'
  const coloured = !NO_COLOR && (wanted || (stream.isTTY === true && TERM !== 'dumb'))
  const code =
    (open: number, close: number) =>
    (text: string): string =>
      coloured ? `\x1b[${open}m${text}\x1b[${close}m` : text
  return {
    bold: code(1, 22),
    dim: code(2, 22),
    red: code(31, 39),
    green: code(32, 39),
    yellow: code(33, 39),
  }
}

/** Columns of the terminal; nothing is cut in a pipe. */
export function terminalWidth(): number {
  return process.stdout.columns || Number.POSITIVE_INFINITY
}
