/** What `npm start` writes: titles, tables and colours, the last only where a terminal shows them. */

/** Bits of a colour here: 1 where there are none. */
export const depth: number =
  process.stdout.isTTY && !process.env.NO_COLOR ? process.stdout.getColorDepth() : 1

export function print(line = ''): void {
  console.log(line)
}

export function title(name: string, what: string): void {
  print(`\n${strong(name)}  ${quiet(what)}\n`)
}

/** Rows under their titles; numbers stand right, so that digits stand under digits. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): void {
  const columns = titles.map((title, i) => [title, ...rows.map((row) => row[i] ?? '')])
  const line = (cells: readonly string[]): string => {
    const padded = columns.map((column, i) => {
      const width = Math.max(...column.map((text) => text.length))
      const number = /^\d/.test(column[1] ?? '')
      return number ? cells[i]?.padStart(width) : cells[i]?.padEnd(width)
    })
    return `  ${padded.join('  ')}`.trimEnd()
  }
  print(quiet(line(titles)))
  for (const row of rows) print(line(row))
}

export function grouped(value: number): string {
  return value.toLocaleString('en')
}

export function percent(part: number, all: number): string {
  return `${((100 * part) / all).toFixed(1)} %`
}

export function strong(text: string): string {
  return styled(1, 22, text)
}

export function quiet(text: string): string {
  return styled(2, 22, text)
}

/** A verdict: green with a tick, or red with a cross. */
export function verdict(ok: boolean, good: string, bad: string): string {
  return ok ? styled(32, 39, `✔ ${good}`) : styled(31, 39, `✘ ${bad}`)
}

function styled(open: number, close: number, text: string): string {
  return depth > 1 ? `\x1b[${open}m${text}\x1b[${close}m` : text
}
