import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Child, child } from './gpu/child.js'
import { isAsked, type Precision, scopes, secondsOf, sittings } from './gpu/plan.js'
import { recordName, recordOf } from './gpu/record.js'
import { type Device, type Line, readJournal, remaining } from './gpu/result.js'
import type { Peaks } from './gpu/roofline.js'
import { sit } from './gpu/sit.js'
import { gpuTables } from './gpu/table.js'
import { machine } from './machine.js'

/**
 * `npm run bench:gpu`, and the same packed for a machine that has no npm (gpu/pack.ts): heddle's files on CUDA from
 * Node against PyTorch, all that gpu/README.md tells.
 */
const { values: asked } = parseArgs({
  options: {
    /** `cpu` shows that the bench works, at small sizes; its figures are no GPU's. */
    device: { type: 'string', default: 'cuda' },
    /** Where PyTorch computes, if elsewhere: with `cpu`, heddle's part of the bench is tried over stub libraries. */
    torch: { type: 'string' },
    /** Where the journal, the record and its tables go. */
    out: { type: 'string', default: join(tmpdir(), 'bench-gpu') },
    /** A journal of an earlier call, to go on from. */
    resume: { type: 'string' },
    /** Sittings whose names have all words of one of these: `w18 batch 1,compile`. */
    only: { type: 'string' },
    /** In which all is to end. */
    minutes: { type: 'string' },
    rounds: { type: 'string', default: '7' },
    /** Of files that are made, networks above all. */
    folder: { type: 'string', default: join(tmpdir(), 'bench-gpu-files') },
    python: { type: 'string', default: 'python3' },
    list: { type: 'boolean', default: false },
    /** Only what the journal says already, as a record and its tables. */
    report: { type: 'boolean', default: false },
    note: { type: 'string' },
  },
})

function refuse(message: string): never {
  console.error(message)
  process.exit(2)
}

function number(option: 'minutes' | 'rounds', least: number): number {
  const given = Number(asked[option] ?? Number.POSITIVE_INFINITY)
  if (!(given >= least)) refuse(`--${option} is ${asked[option]}. It is a number from ${least}.`)
  return given
}

const { device, out, folder } = asked
if (device !== 'cuda' && device !== 'cpu') refuse(`--device is ${device}. It is cuda or cpu.`)
const torch = asked.torch ?? device
if (torch !== 'cuda' && torch !== 'cpu') refuse(`--torch is ${torch}. It is cuda or cpu.`)
const start = performance.now()
const seconds = (): number => (performance.now() - start) / 1000
const tell = (line: string): void => console.error(`${Math.round(seconds())} s  ${line}`)
const limit = 60 * number('minutes', 1)
const rounds = number('rounds', 1)
const all = sittings(scopes[torch], device)
const chosen = all.filter((one) => asked.only === undefined || isAsked(one, asked.only))
if (chosen.length === 0)
  refuse(
    `No sitting has ${asked.only} in its name. There are:\n${all.map(({ id }) => id).join('\n')}`,
  )

mkdirSync(out, { recursive: true })
mkdirSync(folder, { recursive: true })
const kept = join(out, 'journal.jsonl')
const earlier = asked.resume ?? (existsSync(kept) ? kept : undefined)
if (earlier !== undefined && !existsSync(earlier)) refuse(`There is no journal ${earlier}.`)
const journal: Line[] = earlier === undefined ? [] : [...readJournal(readFileSync(earlier, 'utf8'))]
writeFileSync(kept, journal.map((line) => `${JSON.stringify(line)}\n`).join(''))
const keep = (line: Line): void => {
  journal.push(line)
  appendFileSync(kept, `${JSON.stringify(line)}\n`)
}
const todo = remaining(chosen, journal)
if (asked.list) {
  console.log(todo.map(({ id }) => id).join('\n'))
  process.exit(0)
}

function report(): void {
  const record = recordOf(journal, all, asked.note)
  if (!record) refuse(`${kept} tells of nothing that has begun.`)
  const [path, tables] = [join(out, recordName(record)), gpuTables(record)]
  writeFileSync(`${path}.json`, `${JSON.stringify(record, undefined, 1)}\n`)
  writeFileSync(`${path}.md`, tables)
  console.log(tables)
  tell(`${path}.json; ${remaining(chosen, journal).length} of ${chosen.length} sittings are left`)
}

if (asked.report) {
  report()
  process.exit(0)
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const runner = here('gpu/runner.js')
const packed = here('gpu/server.py')
const server = existsSync(packed) ? packed : here('../../bench/gpu/server.py')
const stop = new AbortController()
if (Number.isFinite(limit)) setTimeout(() => stop.abort(), 1000 * (limit - 10)).unref()

function begin(by: 'torch' | 'heddle', precision: Precision, on: 'cuda' | 'cpu'): Child {
  // cuBLAS and cuDNN read this before anything else is said to them.
  const exact = on === 'cuda' && precision === 'float32' ? { NVIDIA_TF32_OVERRIDE: '0' } : {}
  return by === 'torch'
    ? child([asked.python, server, torch], {}, stop.signal)
    : child([process.execPath, runner], exact, stop.signal)
}

const meter = begin('torch', 'float32', torch)
const found = await meter
  .ask<Device>({ ask: 'device' })
  .catch((error) => refuse(`PyTorch has no device: ${error.message}`))
const other = journal.find((line) => line.kind === 'start' && line.device.name !== found.name)
if (other?.kind === 'start')
  refuse(
    `${earlier} was measured on ${other.device.name}, and this is ${found.name}: give another --out.`,
  )
const sides = torch === 'cuda' ? { side: 8192, copied: 2 ** 30 } : { side: 512, copied: 2 ** 26 }
const peaks = await meter
  .ask<Peaks>({ ask: 'peaks', ...sides })
  .catch((error) => refuse(error.message))
const label = here('pack.json')
const commit = existsSync(label) ? JSON.parse(readFileSync(label, 'utf8')) : {}
keep({ kind: 'start', machine: { ...machine(), ...commit }, device: found, peaks })

for (const sitting of todo) {
  if (stop.signal.aborted || seconds() + secondsOf(sitting) > limit) continue
  if (sitting.wave === 'tensorrt' && found.tensorrt.startsWith('could not')) continue
  keep({ kind: 'begin', id: sitting.id })
  try {
    keep(await sit(sitting, { device, folder, rounds, meter, start: begin, tell }))
  } catch (error) {
    // What ends the call ends this sitting too, and nothing is to be said of it.
    if (stop.signal.aborted) break
    const cells = sitting.members.map(({ name: member }) => ({
      member,
      error: (error as Error).message,
    }))
    keep({ kind: 'sat', id: sitting.id, cells })
  }
}
await meter.end()
report()
