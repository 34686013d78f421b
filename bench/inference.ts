import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { InputError } from '../src/errors.js'
import { networks } from './inference/networks.js'
import type { InferenceRecord, Result } from './inference/result.js'
import { measureAll } from './inference/run.js'
import { inferenceTables, intoDocument } from './inference/table.js'
import { groups } from './inference/variants.js'
import { machine } from './machine.js'

/**
 * `npm run bench:inference -- [network…]`: how fast ONNX Runtime runs what heddle makes of a network, against what
 * `torch.onnx.export` makes of the authors' code.
 */
const { values: asked, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    /** Of which variants, by what their names have in them: `int8,split-head`. */
    variants: { type: 'string' },
    rounds: { type: 'string' },
    /** The most threads: 1, or 2. */
    threads: { type: 'string', default: '2' },
    folder: { type: 'string', default: join(tmpdir(), 'bench-inference') },
    resume: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    note: { type: 'string' },
  },
})

function refuse(message: string): never {
  console.error(message)
  process.exit(2)
}

const unknown = names.filter((name) => !networks.some((network) => network.name === name))
if (unknown.length > 0)
  refuse(
    `There is no network ${unknown.join(', ')}. There are ${networks.map(({ name }) => name).join(', ')}.`,
  )
const rounds = asked.rounds === undefined ? undefined : Number(asked.rounds)
if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0))
  refuse(`--rounds is ${asked.rounds}. It is a whole number from 1.`)
if (asked.threads !== '1' && asked.threads !== '2')
  refuse(`--threads is ${asked.threads}. It is 1 or 2.`)
const parts = asked.variants?.split(',')
const chosen = groups
  .map((group) => ({
    ...group,
    members: group.members.filter(({ id }) => !parts || parts.some((part) => id.includes(part))),
  }))
  .filter(({ members }) => members.length > 0)
if (chosen.length === 0) {
  const all = groups.flatMap(({ members }) => members.map(({ id }) => id))
  refuse(`No variant has ${asked.variants} in its name. There are ${all.join('; ')}.`)
}

const start = performance.now()
const on = machine()
mkdirSync(asked.folder, { recursive: true })
const kept = join(asked.folder, 'measured.json')
const before =
  asked.resume && existsSync(kept)
    ? (JSON.parse(readFileSync(kept, 'utf8')) as InferenceRecord)
    : undefined
if (before && before.machine.commit !== on.commit)
  refuse(
    `${kept} was measured at ${before.machine.commit}, and this is ${on.commit}: leave --resume out.`,
  )
const recordOf = (results: readonly Result[]): InferenceRecord => ({
  machine: before?.machine ?? on,
  ...(asked.note === undefined ? {} : { note: asked.note }),
  seconds: Math.round((before?.seconds ?? 0) + (performance.now() - start) / 1000),
  results,
})
const results = await measureAll({
  networks: networks
    .filter(({ name }) => names.length === 0 || names.includes(name))
    .map((network) => ({ ...network, rounds: rounds ?? network.rounds })),
  groups: chosen,
  inTwo: asked.threads === '2',
  folder: asked.folder,
  known: before?.results ?? [],
  tell: (line) => console.error(`${Math.round((performance.now() - start) / 1000)} s  ${line}`),
  keep: (all) => writeFileSync(kept, JSON.stringify(recordOf(all))),
}).catch((error) => {
  if (error instanceof InputError) refuse(error.message)
  throw error
})
const record = recordOf(results)
const text = JSON.stringify(record, undefined, 1)
console.log(asked.json ? text : inferenceTables(record))
if (asked.record) {
  const root = new URL('../../', import.meta.url)
  const path = `bench/records/inference-${on.date}-${on.label}.json`
  writeFileSync(new URL(path, root), `${text}\n`)
  const document = fileURLToPath(new URL('docs/performance.md', root))
  writeFileSync(document, intoDocument(readFileSync(document, 'utf8'), path, record))
  console.error(`${path}, docs/performance.md`)
}
