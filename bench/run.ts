import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build, memory } from './build.js'
import { count } from './count.js'
import { exported } from './export.js'
import { growth } from './growth.js'
import { type Machine, machine } from './machine.js'
import { table } from './record.js'
import { type Bench, cells, columns, type Finding, verdict } from './report.js'
import { sweep } from './sweep.js'
import { types } from './types.js'
import { weights } from './weights.js'

const benches: readonly Bench[] = [
  ...[count, sweep, build, memory, weights, growth, types],
  // It needs PyTorch and the authors' code: README.md says where.
  ...(process.env.HEDDLE_PYTHON ? [exported] : []),
]

/** `node dist/bench/run.js [name…] [--rounds N] [--json] [--record]`: all benches, or those that are named. */
const { values: asked, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    note: { type: 'string' },
  },
})
const unknown = names.filter((name) => !benches.some((bench) => bench.name === name))
const rounds = asked.rounds === undefined ? undefined : Number(asked.rounds)
if (unknown.length > 0 || (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0))) {
  console.error(
    unknown.length > 0
      ? `There is no bench ${unknown.join(', ')}. There are ${benches.map(({ name }) => name).join(', ')}${process.env.HEDDLE_PYTHON ? '' : '; export too where HEDDLE_PYTHON is set'}.`
      : `--rounds is ${asked.rounds}. It is a whole number from 1.`,
  )
  process.exit(2)
}

interface Section {
  readonly name: string
  readonly summary: string
  readonly rounds: number
  readonly findings: readonly Finding[]
}

const start = machine()
const sections: Section[] = []
for (const bench of benches) {
  if (names.length > 0 && !names.includes(bench.name)) continue
  const { name, summary } = bench
  const taken = rounds ?? bench.rounds
  if (process.stderr.isTTY) process.stderr.write(`${name}…\n`)
  sections.push({ name, summary, rounds: taken, findings: await bench.run(taken) })
}
const record = recordOf(start, sections, asked.note)
if (asked.json)
  console.log(
    JSON.stringify(
      {
        ...start,
        benches: sections.map(({ findings, ...section }) => ({
          ...section,
          findings: findings.map((one) => ({ ...one, verdict: verdict(one) || undefined })),
        })),
      },
      undefined,
      2,
    ),
  )
else console.log(record)
if (asked.record) {
  const folder = fileURLToPath(new URL('../../bench/records/', import.meta.url))
  mkdirSync(folder, { recursive: true })
  const path = `${folder}${start.date}-${start.label}.md`
  writeFileSync(path, record)
  console.error(path)
}

function recordOf(on: Machine, all: readonly Section[], note: string | undefined): string {
  const head = [
    `# Bench, ${on.date}`,
    '',
    `${on.processor}, ${on.cores} cores, ${on.memory}, ${on.system}; Node ${on.node}, ONNX Runtime ${on.onnxRuntime},`,
    `TypeScript ${on.typescript}; heddle ${on.heddle} at ${on.commit}.`,
    `Other work on the machine at the start: load ${on.load}.${note ? ` ${note}` : ''}`,
  ]
  const body = all.flatMap(({ name, summary, rounds: taken, findings }) => [
    '',
    `## ${name}`,
    '',
    `${summary}; ${taken} rounds.`,
    '',
    table(columns, findings.map(cells)),
  ])
  return `${[...head, ...body].join('\n')}\n`
}
