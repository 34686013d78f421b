import type { Progress, ProgressEvent } from '../progress.js'

const words: Readonly<Record<ProgressEvent['phase'], string>> = {
  compile: 'compiling',
  count: 'counting',
  calibrate: 'calibrating',
  fetch: 'fetching',
  write: 'writing',
  load: 'loading',
  run: 'running',
}

/** Work faster than this shows nothing. */
const patience = 1000

/**
 * Shows the progress of work on standard error, if that is a terminal and once it has taken a second; the
 * line is gone when the work is done.
 */
export async function metered<R>(work: (progress: Progress) => Promise<R>): Promise<R> {
  const { stderr } = process
  if (!stderr.isTTY) return work(() => {})
  const start = performance.now()
  let latest: ProgressEvent | undefined
  let [shown, drawn] = [false, 0]
  const draw = (): void => {
    const now = performance.now()
    if (!latest || now - start < patience || now - drawn < 80) return
    ;[shown, drawn] = [true, now]
    stderr.write(`\r\x1b[K${meterLine(latest, (now - start) / 1000, stderr.columns || 80)}`)
  }
  const timer = setInterval(draw, 100)
  try {
    return await work((event) => {
      latest = event
      draw()
    })
  } finally {
    clearInterval(timer)
    if (shown) stderr.write('\r\x1b[K')
  }
}

/** `writing    ████████░░░░  67 %  3 s`, no wider than the terminal. */
export function meterLine(
  { phase, done, total }: ProgressEvent,
  seconds: number,
  columns: number,
): string {
  const part = total > 0 ? Math.min(done / total, 1) : 0
  const text = `${String(Math.floor(part * 100)).padStart(3)} %  ${Math.floor(seconds)} s`
  const width = Math.max(0, Math.min(30, columns - text.length - 16))
  const full = Math.round(part * width)
  return `  ${words[phase].padEnd(9)}  ${'█'.repeat(full)}${'░'.repeat(width - full)}  ${text}`
}
