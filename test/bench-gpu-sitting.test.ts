import { readdirSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { type Child, child, type Question } from '../bench/gpu/child.js'
import type { Member, Sitting } from '../bench/gpu/plan.js'
import { type Room, sit } from '../bench/gpu/sit.js'
import { readMetadata } from '../src/files/metadata.js'
import { openFile } from '../src/files/open.js'

/** Answers in this process, as one that is measured would; `asked` is told of each question. */
function answering(
  answers: Readonly<Record<string, (question: Question) => object>>,
  asked: (what: string) => void = () => {},
): Child {
  let ended = false
  return {
    async ask(question) {
      asked(question.ask)
      return (answers[question.ask]?.(question) ?? {}) as never
    },
    async end() {
      if (!ended) asked('end')
      ended = true
    },
  }
}

const joints = [17, 8, 8]
const numbers = 17 * 8 * 8
const writes =
  (by: number) =>
  ({ path }: Question): object => {
    writeFileSync(path as string, new Float32Array(2 * numbers).fill(1 + by))
    return { dims: [2, ...joints] }
  }
const times =
  (...ms: number[]) =>
  (): object => ({ ms })
const fails = (message: string) => (): object => {
  throw new Error(message)
}

const torch = (name: string): Member => ({ by: 'torch', name, mode: 'eager' })
const heddle: Member = {
  by: 'heddle',
  name: 'heddle c-api, graph',
  engine: 'c-api',
  cuda: { graph: true },
  passes: true,
}

const onStreams: Member = {
  by: 'heddle',
  name: 'heddle, 4 streams',
  engine: 'onnxruntime-node',
  cuda: {},
  passes: true,
  streams: 4,
}

/** A sitting of members that answer so, and what each was asked, in order, also where it throws. */
async function held(
  folder: string,
  members: Readonly<Record<string, Parameters<typeof answering>[0]>>,
  asked: string[] = [],
): Promise<{ readonly sat: Awaited<ReturnType<typeof sit>>; readonly asked: readonly string[] }> {
  const names = Object.keys(members)
  const sitting: Sitting = {
    id: 'a sitting',
    wave: 'usual',
    subject: { network: 'hrnet-v1-w4', height: 32, width: 32 },
    batch: 2,
    precision: 'float16',
    members: names.map(
      (name) => [heddle, onStreams].find((one) => one.name === name) ?? torch(name),
    ),
  }
  let next = 0
  const room: Room = {
    device: 'cuda',
    folder,
    rounds: 2,
    meter: answering({
      used: () => ({ bytes: 1000 * asked.length, of: 1e12 }),
      copies: ({ there, back }) => ({ ms: (there as number) / (back as number) }),
    }),
    start(_by, _precision, device) {
      if (device === 'cpu')
        return answering({
          answer: ({ path }) => {
            writeFileSync(path as string, new Float32Array(numbers).fill(1))
            return {}
          },
        })
      const name = names[next++] as string
      return answering(members[name] ?? {}, (what) => asked.push(`${name}: ${what}`))
    },
    tell: () => {},
  }
  return { sat: await sit(sitting, room), asked }
}

t.test(
  'members whose answers are right are timed by turns, each round in the other order',
  async (t) => {
    const folder = t.testdir()
    const { sat, asked } = await held(folder, {
      a: { answer: writes(1e-3), time: times(30, 10, 20), look: () => ({ launches: 7 }) },
      [heddle.name]: { open: () => ({ version: '1.30.0' }), answer: writes(0), time: times(200) },
    })
    const [a, graph] = sat.cells
    t.match(a, { member: 'a', rounds: [20, 20], runs: 25, launches: 7 })
    t.match(graph, { member: heddle.name, rounds: [200, 200], runs: 2, version: '1.30.0' })
    t.match(graph, { launches: 1, heldBytes: 4000, difference: { largest: 0, rms: 0 } })
    t.equal(sat.copyMs, (2 * 3 * 32 * 32) / (2 * numbers))
    t.strictSame(asked, [
      ...['a: open', 'a: warm', 'a: answer', 'a: time'],
      ...['open', 'warm', 'answer', 'time'].map((what) => `${heddle.name}: ${what}`),
      ...['a: time', `${heddle.name}: time`, `${heddle.name}: time`, 'a: time'],
      ...['a: look', 'a: end', `${heddle.name}: look`, `${heddle.name}: end`],
    ])
    t.notOk(
      readdirSync(folder).some((name) => name.endsWith('.onnx')),
      'networks are removed',
    )
  },
)

t.test('what fails is told with its error, is not timed, and the others are', async (t) => {
  let timed = 0
  const breaks = (): object => {
    if (timed++ > 0) throw new Error('the process ended (SIGSEGV)')
    return { ms: [1] }
  }
  const { sat, asked } = await held(t.testdir(), {
    'does not open': { open: fails('no CUDA') },
    'is wrong': { answer: writes(0.5) },
    breaks: { answer: writes(0), time: breaks },
    'shows nothing': { answer: writes(0), time: times(1), look: fails('no profiler') },
  })
  t.match(sat.cells, [
    { member: 'does not open', error: 'no CUDA' },
    { member: 'is wrong', error: /the answer is wrong: .* is 5\.0e-1, past 0\.01 of float16/ },
    { member: 'breaks', error: 'the process ended (SIGSEGV)' },
    { member: 'shows nothing', rounds: [1, 1], lookError: 'no profiler' },
  ])
  t.notOk(asked.includes('is wrong: time'))
  for (const name of ['does not open', 'is wrong', 'breaks', 'shows nothing'])
    t.equal(asked.filter((one) => one === `${name}: end`).length, 1, `${name} is ended`)
})

t.test('a member with streams has a file that names them, and is told to heed them', async (t) => {
  const opened: Record<string, unknown> = {}
  const opens =
    (name: string) =>
    async ({ model, streams }: Question): Promise<object> => {
      const file = await openFile(model as string)
      const named = (await readMetadata(file)).get('streams')
      await file.close()
      opened[name] = { streams, named: named && JSON.parse(named).length }
      return {}
    }
  const members = [heddle, onStreams].map(({ name }) => [name, { open: opens(name) }])
  await held(t.testdir(), Object.fromEntries(members))
  t.strictSame(opened, {
    [heddle.name]: { streams: false, named: undefined },
    [onStreams.name]: { streams: true, named: 4 },
  })
})

t.test('where a file cannot be made, each process that was started is ended', async (t) => {
  const folder = t.testdir({ 'hrnet-v1-w4-32x32-2-float16-heddle.onnx.part': {} })
  const asked: string[] = []
  const right = { answer: writes(0), time: times(1) }
  await t.rejects(held(folder, { a: right, [heddle.name]: {}, b: right }, asked), /EISDIR/)
  t.notOk(asked.includes(`${heddle.name}: open`))
  t.same(
    asked.filter((one) => one.endsWith(': end')),
    ['a', heddle.name, 'b'].map((name) => `${name}: end`),
  )
})

t.test(
  'a child answers whatever it prints; one that ends is told of with what it said',
  async (t) => {
    const program = `
    const { writeSync } = require('node:fs')
    const lines = require('node:readline').createInterface({ input: process.stdin })
    lines.on('line', (line) => {
      const { ask, n } = JSON.parse(line)
      if (ask === 'fail') writeSync(3, JSON.stringify({ error: 'it cannot' }) + '\\n')
      else if (ask === 'die') { console.error('a last word'); process.exit(3) }
      else {
        console.log('{ a plan of ONNX Runtime, and no answer')
        writeSync(3, JSON.stringify({ twice: 2 * n, word: process.env.WORD }) + '\\n')
      }
    })`
    const begin = (): Child =>
      child([process.execPath, '-e', program], { WORD: 'x' }, new AbortController().signal)
    const one = begin()
    t.strictSame(await one.ask({ ask: 'double', n: 4 }), { twice: 8, word: 'x' })
    await t.rejects(one.ask({ ask: 'fail' }), { message: 'it cannot' })
    t.match(await one.ask({ ask: 'double', n: 5 }), { twice: 10 }, 'an error does not end it')
    await t.rejects(one.ask({ ask: 'die' }), { message: 'the process ended (3): a last word' })
    await t.rejects(one.ask({ ask: 'double' }), { message: 'the process ended (3): a last word' })
    const other = begin()
    await other.end()
    await t.rejects(other.ask({ ask: 'double' }), /the process ended \(0\)/)
  },
)
