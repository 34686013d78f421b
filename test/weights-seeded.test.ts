import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { batchNorm, conv, image, model, spatialGather } from 'heddle'
import t from 'tap'
import { type Graph, parametersOf } from '../src/compiler/graph.js'
import { specialise } from '../src/compiler/specialise.js'
import { InputError } from '../src/errors.js'
import { zooModel } from '../src/models/zoo.js'
import { between, drawn, eitherSign } from '../src/weights/seeded/draw.js'
import { seeded } from '../src/weights/seeded/seeded.js'

const { graph } = zooModel('hrnet-v2-w1')

/** The bits of some float32 numbers. */
function bits(values: Float32Array): string {
  return [...new Uint32Array(values.slice().buffer)].map((word) => word.toString(16)).join(' ')
}

/** All that a seed makes of a graph, by name. */
function made(graph: Graph, seed: number, order = parametersOf(graph)): Map<string, string> {
  const { read } = seeded(graph, seed)
  return new Map(order.map((each) => [each.attributes.name, bits(read(each) as Float32Array)]))
}

t.test('the numbers drawn are these, on every machine', async (t) => {
  t.equal(bits(drawn(between(-1, 1), 4, 0, 'conv.weight')), '3f0dc36f bf7d0917 bf6145e3 bf2fa641')
  t.equal(
    bits(drawn(between(-1, 1), 4, 2 ** 53 - 1, 'conv.weight')),
    '3f61c4c7 be755f94 3f66d6fd 3f3112a3',
  )
  t.equal(bits(drawn(eitherSign(0.5, 1), 4, 1, '')), '3f42e235 bf2e560e bf62a65d 3f4c5e25')
})

t.test('what a seed makes of a network is this, on every machine', async (t) => {
  const values = made(graph, 0)
  const first = (name: string): string | undefined => values.get(name)?.split(' ', 3).join(' ')
  t.same(
    Object.fromEntries(
      ['conv1.weight', 'bn1.weight', 'bn1.bias', 'bn1.running_mean', 'bn1.running_var'].map(
        (name) => [name, first(name)],
      ),
    ),
    {
      'conv1.weight': 'baf9651c 3b02b412 3a56e197',
      'bn1.weight': '3f21bde2 3eee52bd 3ebdedb3',
      'bn1.bias': '3f3a1316 3f60a173 3f465252',
      'bn1.running_mean': '3b6a100c 3af2c600 3b334ad9',
      'bn1.running_var': '3837b323 384f7a51 3837c7ce',
    },
  )
  t.matchSnapshot(
    createHash('sha256')
      .update([...values].join('\n'))
      .digest('hex'),
    'all of them',
  )
})

t.test('no function is used whose last bit a machine may choose', async (t) => {
  const folder = new URL('../../src/weights/seeded/', import.meta.url)
  const exact = new Set(['abs', 'floor', 'imul', 'max', 'min', 'round', 'sqrt'])
  for (const file of readdirSync(folder)) {
    const text = readFileSync(new URL(file, folder), 'utf8')
    const used = [...text.matchAll(/Math\.(\w+)/g)].map(([, name = '']) => name)
    t.same(
      used.filter((name) => !exact.has(name)),
      [],
      file,
    )
    // A power of two written out is exact; any other goes through pow.
    t.notMatch(text, /(?<!\b2) \*\* /, file)
  }
})

t.test('parameters are the same in whatever order they are read, and how often', async (t) => {
  const forth = made(graph, 3)
  t.same(made(graph, 3, parametersOf(graph).toReversed()), forth)
  const { read } = seeded(graph, 3)
  for (const parameter of parametersOf(graph).filter((_, n) => n % 7 === 0)) {
    const once = read(parameter) as Float32Array
    once.fill(0)
    t.equal(bits(read(parameter) as Float32Array), forth.get(parameter.attributes.name))
  }
})

t.test('a network has the same weights at every size, and free of one', async (t) => {
  const means = model('means', image(3), (x) => {
    const regions = spatialGather(conv(x, 8, { kernel: 3 }), conv(x, 4, { kernel: 1 }))
    return { y: batchNorm(conv(regions, 8, { kernel: 1 })) }
  })
  for (const each of [graph, means.graph]) {
    const free = made(each, 0)
    for (const [height, width] of [
      [64, 128],
      [33, 97],
    ] as const)
      t.same(made(specialise(each, { batch: 2, height, width }), 0), free, `${height}x${width}`)
  }
})

t.test('each seed makes other weights, the last ones too', async (t) => {
  const seeds = [0, 1, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 2, 2 ** 53 - 1]
  const all = seeds.map((seed) => made(graph, seed))
  for (const name of all[0]?.keys() ?? [])
    t.equal(new Set(all.map((each) => each.get(name))).size, seeds.length, name)
  t.equal(seeded(graph, 2 ** 53 - 1).label, 'seed 9007199254740991')
})

t.test('a seed that is no whole number from 0 to 2^53 − 1 is refused', async (t) => {
  for (const seed of [-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, '1' as never])
    t.throws(() => seeded(graph, seed), {
      constructor: InputError,
      message: new RegExp(`a seed of ${seed}\\n +A seed is a whole number from 0 to 2\\^53 - 1`),
    })
})

const many = 2 ** 17
/** Five standard errors of a mean of that many numbers of variance 1. */
const slack = 5 / Math.sqrt(many)

function mean(values: ArrayLike<number>, f: (x: number, i: number) => number = (x) => x): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += f(values[i] as number, i)
  return sum / values.length
}

t.test('numbers are spread evenly between their bounds, each alone', async (t) => {
  for (const seed of [0, 1, 2 ** 32, 2 ** 53 - 1]) {
    const values = drawn(between(-2, 4), many, seed, 'x')
    t.ok(values.every((x) => x >= -2 && x <= 4))
    // In units of their deviation.
    const units = values.map((x) => (x - 1) / Math.sqrt(3))
    t.ok(Math.abs(mean(units)) < slack, 'mean')
    t.ok(Math.abs(mean(units, (x) => x * x) - 1) < slack, 'variance')
    for (const lag of [1, 2, 9, 64, 576])
      t.ok(Math.abs(mean(units, (x, i) => x * (units[i - lag] ?? 0))) < slack, `lag ${lag}`)
    for (let bin = 0; bin < 16; bin++) {
      const share = mean(values, (x) => Number(Math.floor(((x + 2) / 6) * 16) === bin))
      t.ok(Math.abs(16 * share - 1) < 4 * slack, `bin ${bin}`)
    }
  }
})

t.test('names and seeds next to one another have nothing in common', async (t) => {
  const of = (seed: number, name: string): Float32Array => drawn(between(-1, 1), many, seed, name)
  const reference = of(0, 'layer1.0.conv1.weight')
  for (const other of [
    of(1, 'layer1.0.conv1.weight'),
    of(2 ** 32, 'layer1.0.conv1.weight'),
    of(0, 'layer1.0.conv2.weight'),
    of(0, 'layer1.1.conv1.weight'),
    of(0, 'layer1.0.conv1.weight·mean'),
  ])
    t.ok(Math.abs(mean(reference, (x, i) => 3 * x * (other[i] as number))) < slack)
})

t.test('as many are negative as are asked for, whatever their size', async (t) => {
  for (const [range, share] of [
    [{ low: 0.5, high: 1.5, negative: 0.05 }, 13 / 256],
    [eitherSign(0.5, 1.5), 1 / 2],
    [between(0.5, 1.5), 0],
  ] as const) {
    const values = drawn(range, many, 0, 'scale')
    t.ok(Math.abs(mean(values, (x) => Number(x < 0)) - share) <= slack / 2)
    t.ok(values.every((x) => Math.abs(x) >= 0.5 && Math.abs(x) <= 1.5))
    const size = mean(values, (x) => (x < 0 ? 1 - Math.abs(x) : 0))
    t.ok(Math.abs(size) < slack, 'sign and size are independent')
  }
})
