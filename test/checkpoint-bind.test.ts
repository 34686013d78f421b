import { join } from 'node:path'
import t, { type Test } from 'tap'
import { build } from '../src/build/build.js'
import type { CheckpointWeights } from '../src/checkpoint/bind.js'
import { openCheckpoint } from '../src/checkpoint/open.js'
import { compile } from '../src/compile.js'
import { parametersOf } from '../src/compiler/graph.js'
import { interpret } from '../src/compiler/interpret.js'
import { count } from '../src/count.js'
import { convBn } from '../src/dsl/blocks.js'
import { batchNorm } from '../src/dsl/layers.js'
import { image, type Model, model } from '../src/dsl/model.js'
import { scope, shared } from '../src/dsl/scope.js'
import { InputError } from '../src/errors.js'
import { zooModel } from '../src/models/zoo.js'
import { tensorsOf, writtenFile } from './support/checkpoint-file.js'
import { layoutFixture } from './support/real-keys.js'
import type { Written } from './support/safetensors.js'

/** A network of a user's, whose scopes no layout knows. */
const own: Model = model('own', image(3, { size: [4, 4] }), (x) => ({
  y: convBn(x, 4, { kernel: 1, bias: true }),
}))

/** Its tensors, one of them with other values. */
function ownTensors(changed: Readonly<Record<string, Written['values']>> = {}): readonly Written[] {
  return tensorsOf(own).map((one) => ({ ...one, values: changed[one.name] ?? one.values }))
}

async function bound<R>(
  t: Test,
  tensors: readonly Written[],
  network: Model,
  options: Parameters<Awaited<ReturnType<typeof openCheckpoint>>['bind']>[1],
  body: (weights: CheckpointWeights) => Promise<R>,
): Promise<R> {
  const checkpoint = await openCheckpoint(writtenFile(t, tensors))
  try {
    return await body(checkpoint.bind(network, options))
  } finally {
    await checkpoint.close()
  }
}

async function readAll(
  weights: CheckpointWeights,
  network: Model,
): Promise<Map<string, Float32Array>> {
  const all = new Map<string, Float32Array>()
  for (const parameter of parametersOf(network.graph))
    all.set(parameter.attributes.name, await weights.read(parameter))
  return all
}

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (error) {
    if (error instanceof InputError) return error.message
    throw error
  }
  return 'accepted'
}

t.test('what is bound reads as what was written, under any prefix', async (t) => {
  const network = zooModel('hrnet-v2-w1')
  const tensors = tensorsOf(network, (name) => `module.model.${name}`)
  const loss = { name: 'loss.criterion.weight', shape: [19], values: new Float32Array(19) }
  await bound(t, [loss, ...tensors], network, {}, async (weights) => {
    t.equal(weights.tensors, tensors.length)
    t.same(weights.unused, ['loss.criterion.weight'])
    t.equal(weights.label, 'net.safetensors (authors-segmentation)')
    const read = await readAll(weights, network)
    const written = new Map(tensors.map(({ name, values }) => [name, values]))
    const wrong = [...read].filter(
      ([name, values]) => String(values) !== String(written.get(`module.model.${name}`)),
    )
    t.same(wrong, [])
    const output = join(t.testdirName, 'net.onnx')
    const report = await build(network, { output, weights, size: { height: 32, width: 32 } })
    t.equal(report.parameters, countedIn(network))
  })
})

function countedIn(network: Model): number {
  return count(network, { size: { height: 32, width: 32 } }).parameters
}

t.test('a network of a user’s takes a file of its own names', async (t) => {
  await bound(t, ownTensors(), own, {}, async (weights) => {
    t.equal(weights.layout, 'own')
    t.same([...(await readAll(weights, own)).keys()].sort(), [
      '0.bias',
      '0.weight',
      '1.bias',
      '1.running_mean',
      '1.running_var',
      '1.weight',
    ])
  })
  const wrapped = ownTensors().map((one) => ({ ...one, name: `module.${one.name}` }))
  await bound(t, wrapped, own, {}, async ({ tensors }) => t.equal(tensors, 6))
})

t.test(
  'scopes of a user’s that are called as wrappers or other code’s are not touched',
  async (t) => {
    const odd = model('odd', image(3), (x) => {
      const inner = scope('model', () => convBn(x, 4, { kernel: 1 }))
      return {
        y: scope('decode_head', () => scope('conv_seg', () => convBn(inner, 4, { kernel: 1 }))),
      }
    })
    const tensors = tensorsOf(odd)
    await bound(t, tensors, odd, {}, async (weights) => t.equal(weights.tensors, tensors.length))
  },
)

t.test('HRNetV2p’s own names bind, with its trunk under backbone', async (t) => {
  const network = zooModel('hrnet-v2p-w1', { shareConv: true })
  const tensors = tensorsOf(network)
  t.ok(tensors.some(({ name }) => name === 'neck.fpn_conv.weight'))
  await bound(t, tensors, network, {}, async (weights) => {
    t.equal(weights.layout, 'authors-detection')
    t.equal(weights.tensors, tensors.length)
  })
  const trunk = zooModel('hrnet-w1-trunk')
  await bound(t, tensors, trunk, {}, async (weights) =>
    t.same(
      weights.unused,
      tensors.map(({ name }) => name).filter((name) => name.startsWith('neck.')),
    ),
  )
})

t.test('values that are not finite are refused by name, place and number', async (t) => {
  const bias = Float32Array.of(1, Number.NaN, Number.POSITIVE_INFINITY, 2)
  const tensors = ownTensors({ '0.bias': bias })
  const reading = bound(t, tensors, own, {}, (weights) => readAll(weights, own))
  t.match(
    await refusal(reading),
    /0\.bias \[4\] holds 2 of 4 values that are not finite, the first at 1 \(NaN\)\n.*--allow-non-finite/,
  )
  await bound(t, tensors, own, { allowNonFinite: true }, async (weights) =>
    t.same((await readAll(weights, own)).get('0.bias'), bias),
  )
})

t.test('a float64 past float32 is told as that', async (t) => {
  const bytes = new Uint8Array(Float64Array.of(1, 2, 3, 1e300).buffer)
  const tensors = ownTensors({ '0.bias': { dtype: 'F64', bytes } })
  const reading = bound(t, tensors, own, {}, (weights) => readAll(weights, own))
  t.match(
    await refusal(reading),
    /0\.bias .* the first at 3 \(infinite, as float32 has it: float64/,
  )
})

t.test('a negative variance is refused; a negative mean, scale or shift is not', async (t) => {
  const negative = Float32Array.of(1, 1, -0.5, 1)
  for (const name of ['1.bias', '1.weight', '1.running_mean'])
    await bound(t, ownTensors({ [name]: negative }), own, {}, (weights) => readAll(weights, own))
  const tensors = ownTensors({ '1.running_var': negative })
  for (const allowNonFinite of [false, true])
    t.match(
      await refusal(bound(t, tensors, own, { allowNonFinite }, (all) => readAll(all, own))),
      '1.running_var is a running variance and holds 1 of 4 values that is negative, -0.5 at 2',
    )
})

t.test('whole numbers are no weights', async (t) => {
  const values = { dtype: 'I8', bytes: new Uint8Array(4) }
  const message = await refusal(
    bound(t, ownTensors({ '0.bias': values, '1.bias': values }), own, {}, async () => {}),
  )
  t.match(message, '0.bias is int8, and 1 others; parameters are floats')
})

t.test(
  'InPlaceABN’s norms are what PyTorch computes of them, and other than a batch norm’s',
  async (t) => {
    const record = JSON.parse(layoutFixture('inplace-abn.json').toString())
    const network = model('abn', image(3, { size: [2, 2] }), (x) => ({
      y: batchNorm(x, { name: 'bn' }),
    }))
    const tensors = Object.entries(record.tensors as Record<string, number[]>).map(
      ([name, values]) => ({ name, shape: [values.length], values: Float32Array.from(values) }),
    )
    const difference = async (inplaceAbn: boolean): Promise<number> =>
      await bound(t, tensors, network, { inplaceAbn }, async (weights) => {
        const { plain } = compile(network, { passes: [] })
        const read = await readAll(weights, network)
        const values = interpret(
          plain,
          new Map([['image', Float64Array.from(record.input)]]),
          (one) => Float64Array.from(read.get(one.attributes.name) as Float32Array),
        )
        const [output] = plain.outputs
        const y = output && values.get(output.value)
        return Math.max(...Array.from(y ?? [], (value, i) => Math.abs(value - record.output[i])))
      })
    t.ok((await difference(true)) < 1e-6)
    t.ok((await difference(false)) > 0.1)
  },
)

t.test(
  'norms of unlike epsilons that share a scale have no one scale of InPlaceABN’s',
  async (t) => {
    const network = model('twice', image(3), (x) => {
      const norm = (y: typeof x, epsilon: number): typeof x =>
        shared('bn', () => batchNorm(y, { name: 'norm', epsilon })) as typeof x
      return { y: norm(norm(x, 1e-5), 1e-3) }
    })
    const tensors = tensorsOf(network)
    await bound(t, tensors, network, {}, async (weights) => t.equal(weights.tensors, 4))
    t.match(
      await refusal(bound(t, tensors, network, { inplaceAbn: true }, async () => {})),
      'bn.norm.weight of twice is shared by batch norms of epsilons 0.00001 and 0.001',
    )
  },
)

t.test('weights bound to one network are no other’s', async (t) => {
  await bound(t, ownTensors(), own, {}, async (weights) => {
    const [other] = parametersOf(zooModel('hrnet-v2-w1').graph)
    t.match(
      await refusal(Promise.resolve().then(() => other && weights.read(other))),
      'no such parameter',
    )
  })
})
