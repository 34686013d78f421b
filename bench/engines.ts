import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from '../src/build/build.js'
import type { Model } from '../src/dsl/model.js'
import { conv, image, model, zooModel } from '../src/index.js'
import type { Engine, OpenEngine } from '../src/runtime/engine.js'
import { openCApi } from '../src/runtime/engines/c-api.js'
import { openOnnxRuntimeNode } from '../src/runtime/engines/onnxruntime-node.js'
import { seededTensor } from '../src/runtime/inputs.js'
import { type EngineName, engines } from '../src/runtime/provider.js'
import { type Pairs, ratio, spread } from './harness.js'
import { machine } from './machine.js'

/**
 * `npm run bench:engines -- [--rounds 21] [--json]`: what a run takes by each of the engines that call ONNX Runtime, on
 * the CPU, in turn in one process; a round is as many runs as take some milliseconds. The engines are called
 * without the thread of a session, which costs both the same. `one node` is what calling costs by itself. At the end,
 * what 400 sessions that are opened, run and closed leave resident, twice: what is released is taken again.
 */
const { values: asked } = parseArgs({
  options: {
    rounds: { type: 'string', default: '21' },
    json: { type: 'boolean', default: false },
  },
})
const rounds = Number(asked.rounds)
if (!(Number.isInteger(rounds) && rounds > 0)) {
  console.error(`--rounds is ${asked.rounds}. It is a whole number from 1.`)
  process.exit(2)
}

interface Case {
  readonly name: string
  readonly network: Model
  readonly size: readonly [number, number]
  /** Runs of a round. */
  readonly runs: number
}

const cases: readonly Case[] = [
  {
    name: 'one node',
    network: model('one-node', image(1), (x) => ({ y: conv(x, 1, { kernel: 1 }) })),
    size: [1, 1],
    runs: 1000,
  },
  { name: 'hrnet-w4-c', network: zooModel('hrnet-w4-c'), size: [64, 64], runs: 20 },
  { name: 'hrnet-v1-w32', network: zooModel('hrnet-v1-w32'), size: [256, 192], runs: 1 },
]

interface Measured {
  readonly name: string
  /** Of one run, in milliseconds, in the middle of the rounds. */
  readonly node: number
  readonly cApi: number
  /** The time of c-api over that of onnxruntime-node, round by round: the middle, and what half lie between. */
  readonly ratio: readonly [number, number, number]
}

const openings: Readonly<Record<EngineName, OpenEngine>> = {
  'onnxruntime-node': openOnnxRuntimeNode,
  'c-api': openCApi,
}

const folder = mkdtempSync(join(tmpdir(), 'bench-engines-'))
const measured: Measured[] = []
const left: { readonly engine: EngineName; readonly megabytes: readonly number[] }[] = []
try {
  for (const each of cases) measured.push(await measure(each))
  for (const engine of engines)
    left.push({ engine, megabytes: [await leftBy(engine), await leftBy(engine)] })
} finally {
  rmSync(folder, { recursive: true, force: true })
}
if (asked.json) console.log(JSON.stringify({ machine: machine(), rounds, measured, left }, null, 2))
else {
  const { processor, cores, onnxRuntime, load } = machine()
  console.log(
    `${processor}, ${cores} cores, ONNX Runtime ${onnxRuntime}, load ${load}; ${rounds} rounds`,
  )
  for (const { name, node, cApi, ratio } of measured) {
    const [median, low, high] = ratio.map((each) => each.toFixed(2))
    console.log(
      `${name.padEnd(14)} onnxruntime-node ${node.toFixed(4)} ms, c-api ${cApi.toFixed(4)} ms: ×${median} (${low} to ${high})`,
    )
  }
  for (const { engine, megabytes } of left)
    console.log(
      `400 sessions of ${engine} leave ${megabytes.map((mb) => mb.toFixed(1)).join(', then ')} MB`,
    )
}

/** MB more resident than before, of sessions of the net of one node. */
async function leftBy(name: EngineName): Promise<number> {
  const before = process.memoryUsage().rss
  for (let i = 0; i < 400; i++) {
    const engine = await opened(name, join(folder, 'one node.onnx'))
    await timed(engine, 1)
    await engine.close()
  }
  return (process.memoryUsage().rss - before) / 1e6
}

async function measure({ name, network, size: [height, width], runs }: Case): Promise<Measured> {
  const path = join(folder, `${name}.onnx`)
  await build(network, { output: path, size: { batch: 1, height, width } })
  const a = await opened('c-api', path)
  const b = await opened('onnxruntime-node', path)
  const pairs: { a: number[]; b: number[] } = { a: [], b: [] }
  for (let round = 0; round <= rounds; round++)
    for (const which of round % 2 === 0 ? (['a', 'b'] as const) : (['b', 'a'] as const)) {
      const took = await timed(which === 'a' ? a : b, runs)
      if (round > 0) pairs[which].push(took)
    }
  await Promise.all([a.close(), b.close()])
  const { median, low, high } = ratio(pairs satisfies Pairs<number>, (ms) => ms)
  return {
    name,
    node: spread(pairs.b).median,
    cApi: spread(pairs.a).median,
    ratio: [median, low, high],
  }
}

function opened(engine: EngineName, model: string): Promise<Engine> {
  return openings[engine](
    {
      model,
      engine,
      provider: 'cpu',
      cuda: {},
      optimize: true,
      threads: undefined,
      memoryPattern: true,
      partition: undefined,
      profile: undefined,
      folder: process.cwd(),
    },
    () => {},
  )
}

/** Milliseconds of one run, of so many. */
async function timed(engine: Engine, runs: number): Promise<number> {
  const feeds = Object.fromEntries(
    engine.inputs.map((port) => [port.name, seededTensor(port, port.shape as number[], 0)]),
  )
  const wanted = engine.outputs.map(({ name }) => name)
  const start = performance.now()
  for (let i = 0; i < runs; i++) await engine.run(feeds, wanted)
  return (performance.now() - start) / runs
}
