import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { operationsOf } from '../src/compiler/graph.js'
import { zooModel } from '../src/models/zoo.js'
import { instructionsHere } from '../src/runtime/instructions.js'
import { type CostTable, measured } from '../src/targets/costs/table.js'
import { tables } from '../src/targets/costs/tables.js'
import { fitted } from './costs/fit.js'
import { grid } from './costs/grid.js'
import { amountsOf, type Measured, measure } from './costs/measure.js'
import { tableFile } from './costs/table-file.js'
import { spread } from './harness.js'
import { machine } from './machine.js'
import { table as printTable, provenance } from './record.js'

/**
 * `npm run bench:costs`: measures what the table of this machine's instructions says, and writes it, with a record of
 * how well it tells the times of the grid and of whole networks.
 */
const root = fileURLToPath(new URL('../../', import.meta.url))
const instructions = instructionsHere()
if (instructions === undefined) {
  console.error('This system does not tell which instructions its processor has.')
  process.exit(2)
}

/** Rounds over the grid, and over the whole networks that the table is held against. */
const rounds = { grid: 15, whole: 5 } as const
/** MLAS computes in blocks of 16 channels where there is AVX-512, of 8 elsewhere on x86 (`MlasNchwcGetBlockSize`). */
const block = instructions.startsWith('avx512') ? 16 : process.arch === 'x64' ? 8 : 1

const load = machine().load
const observed = await measure(grid(), rounds.grid)
const observations = observed.map(({ graph, took }) => ({
  amounts: amountsOf(graph, block),
  ns: took.low,
}))
const { run, given, ...nanoseconds } = fitted(observations)
const { processor, cores, onnxRuntime, date } = machine()
const bare = {
  instructions,
  machine: `${processor}, ${cores} cores`,
  runtime: `onnxruntime-node ${onnxRuntime}`,
  date,
  block,
  nanoseconds,
  misfit: { middle: 0, most: 0 },
  noise: 0,
}
const costs = measured(bare)
const told = ({ graph }: Measured): number => {
  const around = run + given * amountsOf(graph, block).given
  return operationsOf(graph).reduce((sum, node) => sum + costs.of(node), around)
}
const off = observed.map((one) => Math.abs(told(one) / one.took.low - 1)).toSorted((a, b) => a - b)
const at = (part: number): number => off[Math.floor(part * (off.length - 1))] as number
const noise = spread(observed.map(({ took }) => (took.high - took.low) / took.median)).median
const table: CostTable = { ...bare, misfit: { middle: at(0.5), most: at(0.9) }, noise }

const whole = await measure(
  (
    [
      ['hrnet-v2-w18', [512, 1024]],
      ['hrnet-v2-w48', [512, 1024]],
      ['hrnet-v1-w32', [256, 192]],
      ['hrnet-w18-c', [224, 224]],
    ] as const
  ).map(([name, size]) => ({ name, network: zooModel(name), size })),
  rounds.whole,
)

const path = `${root}src/targets/costs/${instructions}.ts`
writeFileSync(path, tableFile(table))
mkdirSync(`${root}bench/records`, { recursive: true })
const record = `${root}bench/records/costs-${instructions}.md`
writeFileSync(record, recordOf())
console.log(recordOf())
console.error(`${path}\n${record}`)
if (!(instructions in tables))
  console.error(`Add ${instructions} to the list in src/targets/costs/tables.ts.`)

function recordOf(): string {
  const ms = (ns: number): string => (ns / 1e6).toPrecision(3)
  const percent = (part: number): string => `${(100 * part).toFixed(1)} %`
  const row = (one: Measured): string[] => {
    const { median, low, high } = one.took
    return [
      one.name,
      ms(median),
      percent((high - low) / median),
      ms(told(one)),
      (told(one) / median).toFixed(2),
    ]
  }
  const head = ['network', 'ms', 'noise', 'the table says', 'ratio']
  return [
    `# Costs, ${instructions}`,
    '',
    provenance(),
    `- load ${load} at the start; one thread, processor time, medians of ${rounds.grid} rounds over the grid and ${rounds.whole} over whole networks`,
    '',
    `A run is started in ${(run / 1000).toPrecision(2)} µs, and what it gives is handed over in ${given.toPrecision(2)} ns a byte; neither is in the table. A network of the grid is off by ${percent(table.misfit.middle)} in the middle and ${percent(table.misfit.most)} at the 90th of 100; half of a network's own runs lie within ${percent(noise)}.`,
    '',
    '## Whole networks, which the table was not fitted to',
    '',
    printTable(head, whole.map(row)),
    '',
    '## The grid',
    '',
    printTable(head, observed.map(row)),
    '',
  ].join('\n')
}
