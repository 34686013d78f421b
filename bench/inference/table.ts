import { table } from '../record.js'
import { figure } from '../report.js'
import { type Aim, aimsOf, type InferenceRecord, type Measured, type Result } from './result.js'

/** A record as Markdown: where it was made, and a table for each group of variants. */
export function inferenceTables({ machine, note, seconds, results }: InferenceRecord): string {
  const head = [
    `${machine.date}: ${machine.processor}, ${machine.cores} cores, ${machine.memory}; Node ${machine.node}, ONNX Runtime ${machine.onnxRuntime};`,
    `heddle ${machine.heddle} at ${machine.commit}; load at the start ${machine.load}; ${Math.round(seconds / 60)} minutes.${note ? ` ${note}` : ''}`,
  ]
  const groups = [
    ...new Set(results.map(({ group, reference }) => JSON.stringify([group, reference]))),
  ]
  const tables = groups.flatMap((key) => {
    const [group, reference] = JSON.parse(key) as [Result['group'], string]
    const own = results.filter((each) => each.group === group && each.reference === reference)
    return [
      '',
      headings[group](reference),
      '',
      gains(own),
      ...(group === 'targets' ? ['', ...details(own)] : []),
    ]
  })
  return [...head, ...tables].join('\n')
}

const headings: Readonly<Record<Result['group'], (reference: string) => string>> = {
  targets: () =>
    'Time of the exporter’s file over that of heddle’s, by the clock, in one thread (in two):',
  alone: (reference) =>
    `Each pass alone: the processor’s time for \`${reference}\` over that of \`${reference}\` with the pass:`,
  'left out': (reference) =>
    `Each pass left out: the processor’s time without the pass over that of \`${reference}\`:`,
}

/** Variants × networks. */
function gains(results: readonly Result[]): string {
  const networks = [...new Set(results.map(({ network }) => network))]
  const variants = [...new Set(results.map(({ variant }) => variant))]
  const rows = variants.map((variant) => [
    `\`${variant}\``,
    ...networks.map((network) => {
      const found = results.find((each) => each.network === network && each.variant === variant)
      return found ? gain(found) : ''
    }),
  ])
  return table(['', ...networks], rows)
}

/** A target's by the clock; a pass's by the processor, which other work on the machine disturbs least. */
function gain({ group, measured }: Result): string {
  if (!measured) return 'the same file'
  const time = group === 'targets' ? 'wall' : 'cpu'
  // What is left out is told as what it gains.
  const towards = (ratio: number): number => (group === 'left out' ? 1 / ratio : ratio)
  const [one, two] = ['1', '2'].map((threads) => measured.timings[threads]?.[time][0])
  const gained = towards(one ?? Number.NaN).toFixed(2)
  const memory = towards(peakRatio(measured))
  return [
    gained,
    two === undefined ? '' : ` (${two.toFixed(2)})`,
    Math.abs(memory - 1) >= 0.05 ? `, memory ${memory.toFixed(2)}` : '',
  ].join('')
}

/** What the targets' table leaves out: times, the processor's too, memory, errors, aims. */
function details(results: readonly Result[]): readonly string[] {
  const rows = results.flatMap((result) => {
    const { measured, network, variant } = result
    if (!measured) return []
    const { timings, difference, noise, peaks } = measured
    return Object.entries(timings).map(([threads, { wall, cpu, ms, cpuMs }]) => [
      network,
      `\`${variant}\``,
      threads,
      `${figure(ms)} (${figure(cpuMs)})`,
      `${wall[0].toFixed(2)} (${wall[1].toFixed(2)}–${wall[2].toFixed(2)})`,
      cpu[0].toFixed(2),
      `${Math.round(peaks[1] / 1e6)} MB, ${peakRatio(measured).toFixed(2)}`,
      `${small(difference.largest)}, ${small(difference.rms)} (${noise})`,
      threads === '1' ? verdicts(result, measured) : '',
    ])
  })
  const columns = [
    'network',
    'file',
    'threads',
    'ms (processor)',
    'ratio (half lie in)',
    'processor',
    'peak, ratio',
    'max error, rms (2 % noise)',
    'aim',
  ]
  return rows.length > 0 ? [table(columns, rows)] : []
}

function peakRatio({ peaks: [reference, own] }: Measured): number {
  return own / reference
}

function small(n: number): string {
  return n === 0 ? '0' : n.toExponential(1)
}

function verdicts(result: Result, measured: Measured): string {
  return aimsOf(result)
    .map((aim) => verdict(aim, measured))
    .join('; ')
}

/** `≥ 1.08 met`, of the two digits that the table shows. */
export function verdict({ of, least, most }: Aim, measured: Measured): string {
  const exact = of === 'peak' ? peakRatio(measured) : (measured.timings['1']?.wall[0] ?? Number.NaN)
  const value = Number(exact.toFixed(2))
  const bound = least === undefined ? `≤ ${most}` : `≥ ${least}`
  const met = value >= (least ?? value) && value <= (most ?? value)
  return `${of === 'peak' ? 'peak ' : ''}${bound} ${met ? 'met' : 'missed'}`
}

const [opening, closing] = [/<!-- record: (.*) -->/, '<!-- end of record -->'] as const

/** The record that a document shows, by its path. */
export function recordIn(document: string): string | undefined {
  return opening.exec(document)?.[1]
}

/** A document with the tables of a record in the place that it has for them. */
export function intoDocument(document: string, path: string, record: InferenceRecord): string {
  const found = opening.exec(document)
  const end = document.indexOf(closing)
  if (!found || end < found.index)
    throw new Error(`the document has no place for a record: ${opening} … ${closing}`)
  const [before, after] = [document.slice(0, found.index), document.slice(end)]
  return `${before}<!-- record: ${path} -->\n\n${inferenceTables(record)}\n\n${after}`
}
