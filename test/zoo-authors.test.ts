import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { countGraph } from '../src/analysis/count.js'
import { parametersOf } from '../src/compiler/graph.js'
import { specialise } from '../src/compiler/specialise.js'
import type { Model } from '../src/dsl/model.js'
import type { ZooOptions } from '../src/models/family.js'
import { zooModel } from '../src/models/zoo.js'

/** What test/fixtures/zoo/make.py recorded of the authors' own code. */
interface Theirs {
  readonly name: string
  readonly options: ZooOptions
  readonly size: readonly [number, number]
  readonly parameters: number
  readonly conv: number
  readonly norm: number
  readonly linear: number
  readonly macs: number
  readonly activations: number
  readonly tensors: number
  readonly keys: string
  readonly outputs: readonly (readonly number[])[]
}

const fixtures = new URL('../../test/fixtures/zoo/', import.meta.url)
const read = (name: string): string => readFileSync(new URL(name, fixtures), 'utf8')
const { nets }: { nets: readonly Theirs[] } = JSON.parse(read('authors.json'))

function keysOf({ graph }: Model): string {
  return parametersOf(graph)
    .map(({ attributes: { name, shape } }) => `${name} ${shape.join('x')}\n`)
    .sort()
    .join('')
}

for (const theirs of nets) {
  const { name, options, size, keys, outputs, tensors, ...figures } = theirs
  const title = [name, ...Object.entries(options).map(([key, value]) => `${key} ${value}`)]
  t.test(`${title.join(', ')} has the authors’ parameters, shapes and figures`, async (t) => {
    const model = zooModel(name, options)
    t.equal(parametersOf(model.graph).length, tensors)
    t.equal(createHash('sha256').update(keysOf(model)).digest('hex'), keys)
    const [height, width] = size
    const graph = specialise(model.graph, { batch: 1, height, width })
    const { parameters, macs, activations, layers } = countGraph(graph)
    t.same({ parameters, macs, activations, ...layers }, figures)
    t.same(
      graph.outputs.map(({ value }) => value.type.shape),
      outputs,
    )
  })
}

for (const name of ['hrnet-v2-w1', 'hrnet-small-v1-c'])
  t.test(`${name} has the authors’ list of parameters, line by line`, async (t) => {
    t.equal(keysOf(zooModel(name)), read(`${name}.keys.txt`))
  })

// The integers of the shared notes (architectures.md), which the fixtures were not made from.
const known: readonly [string, number, number | undefined][] = [
  ['hrnet-w18-c', 21_299_004, 4_283_537_072],
  ['hrnet-w32-c', 41_232_680, 8_921_133_056],
  ['hrnet-w48-c', 77_469_864, 17_277_996_032],
  ['hrnet-v1-w32', 28_536_113, 7_645_003_776],
  ['hrnet-v1-w48', 63_595_745, 15_691_825_152],
  ['hrnet-v2-w48', 65_859_379, 747_513_053_184],
  ['hrnet-v2-w40', 45_894_435, 535_447_470_080],
  ['hrnet-v1h-w40', 44_356_275, undefined],
  ['hrnet-small-v1-c', 13_187_464, undefined],
  ['hrnet-small-v2-c', 15_597_464, undefined],
  ['hrnet-v2-small-v1', 1_540_819, undefined],
  ['hrnet-v2-small-v2', 3_939_579, undefined],
  ['higher-hrnet-w32', 28_645_331, undefined],
]
for (const [name, parameters, macs] of known)
  t.test(`${name} counts ${parameters} parameters at its own size`, async (t) => {
    const counted = atOwnSize(zooModel(name))
    t.equal(counted.parameters, parameters)
    if (macs) t.equal(counted.macs, macs)
  })

// Tables 1, 14 and 15, parameters in 10^6; no code was released for -Ci and -Cii.
const published: readonly [string, ZooOptions, string, string][] = [
  ['hrnet-w27-ci', {}, '21.4', '5.55'],
  ['hrnet-w36-ci', {}, '37.5', '9.00'],
  ['hrnet-w45-ci', {}, '58.2', '13.4'],
  ['hrnet-w25-cii', {}, '21.7', '5.04'],
  ['hrnet-w34-cii', {}, '36.7', '8.29'],
  ['hrnet-w43-cii', {}, '56.3', '12.5'],
  ['hrnet-w18-c', {}, '21.3', '3.99'],
  ['hrnet-w30-c', {}, '37.7', '7.55'],
  ['hrnet-w40-c', {}, '57.6', '11.8'],
  ['hrnet-w44-c', { unit: 'bottleneck' }, '21.9', '3.90'],
  ['hrnet-w76-c', { unit: 'bottleneck' }, '40.8', '7.30'],
  ['hrnet-w96-c', { unit: 'bottleneck' }, '57.5', '10.2'],
  ['resnet-38', {}, '28.3', '3.80'],
  ['resnet-72', {}, '48.4', '7.46'],
  ['resnet-106', {}, '64.9', '11.1'],
  ['resnet-152', {}, '60.2', '10.7'],
  ['deeplabv3-resnet-101', {}, '58.0', '1778.7'],
]
for (const [name, options, millions, giga] of published)
  t.test(
    `${name} has the ${millions} M parameters and ${giga} × 2^30 MACs of the paper`,
    async (t) => {
      const { parameters, macs } = atOwnSize(zooModel(name, options))
      t.equal((parameters / 1e6).toFixed(1), millions)
      const digits = giga.split('.')[1]?.length
      t.equal((macs / 2 ** 30).toFixed(digits), giga)
    },
  )

function atOwnSize({ graph, image }: Model): ReturnType<typeof countGraph> {
  const [height, width] = image.size
  return countGraph(specialise(graph, { batch: 1, height, width }))
}
