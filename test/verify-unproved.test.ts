import t from 'tap'
import type { NodeOf } from '../src/compiler/node.js'
import { type Pass, rewrite } from '../src/compiler/rewrite.js'
import { convBnRelu } from '../src/dsl/blocks.js'
import type { Feature } from '../src/dsl/feature.js'
import { conv, relu } from '../src/dsl/layers.js'
import { image, type Model, model } from '../src/dsl/model.js'
import { foldBatchNorm } from '../src/passes/fold-batch-norm.js'
import { seededInput } from '../src/runtime/inputs.js'
import { certify } from '../src/verify/certificate/certificate.js'
import { type VerifyOptions, type VerifyReport, verify } from '../src/verify/verify.js'
import { seeded } from '../src/weights/seeded/seeded.js'
import type { Weights } from '../src/weights/source.js'

/** A network of two layers, whose weights are those of a seed but for what `change` makes of some. */
function net(body?: (x: Feature<3, 1>) => Feature): Model {
  return model('net', image(3, { size: [8, 8] }), (x) => ({
    y: body
      ? body(x)
      : conv(convBnRelu(x, 4, { kernel: 3, name: 'first' }), 4, {
          kernel: 1,
          bias: true,
          name: 'last',
        }),
  }))
}

function changed(network: Model, change: (name: string, value: number) => number): Weights {
  const weights = seeded(network.graph, 0)
  return {
    label: 'changed',
    read: async (parameter) =>
      (await weights.read(parameter)).map((value) => change(parameter.attributes.name, value)),
  }
}

async function verdict(network: Model, options: VerifyOptions = {}): Promise<VerifyReport> {
  const report = await verify(network, options)
  t.equal(report.ok, report.verdict === 'equal')
  return report
}

t.test('weights that float32 cannot multiply prove nothing', async (t) => {
  const network = net((x) => relu(conv(conv(x, 4, { kernel: 3 }), 4, { kernel: 3 })))
  for (const [size, why] of [
    [1e30, /float32 overflows/],
    [1e-30, /where float32 underflows/],
  ] as const) {
    const weights = changed(network, (_, value) => value * size)
    t.match(await verdict(network, { weights }), {
      verdict: 'unproved',
      unproved: [{ at: 'y', why, remedy: /Check the sizes of the weights/ }],
    })
  }
  const weights = changed(network, (name, value) => value * (name.startsWith('0') ? 1e30 : 1e-30))
  t.match(
    await verdict(network, { weights }),
    { verdict: 'equal' },
    'where they cancel, it is proved',
  )
})

t.test('an image that overflows proves nothing, whichever of them it is', async (t) => {
  const network = net()
  const weights = changed(network, (name, value) => value * (name === 'last.weight' ? 1e10 : 1))
  for (const scales of [[1e38], [1e38, 1], [1, 1e38]])
    t.match(
      await verdict(network, { weights, scales }),
      { verdict: 'unproved', unproved: [{ at: 'y' }] },
      String(scales),
    )
})

t.test('an output that is the same whatever is put in proves nothing', async (t) => {
  const network = net()
  const none = changed(network, (name, value) => (name === 'last.weight' ? 0 : value))
  t.match(await verdict(network, { weights: none }), {
    verdict: 'unproved',
    unproved: [{ at: 'y', why: /it is constant/, remedy: /Check the weights before it/ }],
  })
  const faint = changed(network, (name, value) => (name === 'last.bias' ? 1e9 : value))
  t.match(await verdict(network, { weights: faint }), { verdict: 'unproved' }, 'or nearly')
  const dead = changed(network, (name, value) => (name.startsWith('last') ? 0 : value))
  t.match(await verdict(network, { weights: dead }), {
    verdict: 'unproved',
    unproved: [{ at: 'y', why: /it is zero throughout/ }],
  })
  const data = seededInput(3 * 64, 5)
  t.match(
    await verdict(network, { weights: none, input: { data, dims: [1, 3, 8, 8] } }),
    { verdict: 'unproved', unproved: [{ why: /it is constant/ }] },
    'an image of the caller’s is compared with a seeded one',
  )
})

t.test('what is not finite even in float64 proves nothing', async (t) => {
  const network = net()
  const weights = changed(network, (name, value) => (name === 'last.bias' ? Number.NaN : value))
  t.match(await verdict(network, { weights }), {
    verdict: 'unproved',
    unproved: [{ at: 'y', why: /it is not finite even in float64/ }],
  })
})

t.test('in 8 bits, images of a scale that the network never saw prove nothing', async (t) => {
  const network = net()
  const calibrate = [1, 2].map((seed) => ({ data: seededInput(3 * 64, seed), dims: [1, 3, 8, 8] }))
  const options = { precision: 'int8', calibrate, size: { height: 8, width: 8 } } as const
  t.match(await verdict(network, options), {
    verdict: 'equal',
    unproved: [],
    calibration: { images: 2, made: false },
  })
  t.match(await verdict(network, { ...options, scales: [1, 16] }), {
    verdict: 'unproved',
    unproved: [
      { at: 'input', why: /the input of scale 16 reaches .* % of its numbers are clipped/ },
      { at: 'y', why: /it is constant/ },
    ],
  })
})

t.test('what differs is different, whatever else proves nothing', async (t) => {
  const network = model('two', image(3, { size: [8, 8] }), (x) => ({
    zero: conv(x, 4, { kernel: 1, name: 'zero' }),
    y: convBnRelu(x, 4, { kernel: 3 }),
  }))
  const weights = changed(network, (name, value) => (name === 'zero.weight' ? 0 : value))
  t.match(await verdict(network, { weights }), { verdict: 'unproved', unproved: [{ at: 'zero' }] })
  t.match(await verdict(network, { weights, tolerance: 1e-12 }), { verdict: 'different' })
})

/** `fold-batch-norm`, where the input is of one size and no other. */
function onlyAt(height: number | 'open'): Pass {
  return {
    ...foldBatchNorm,
    run: (graph) => {
      const side = (graph.inputs[0] as NodeOf<'input'>).type.shape[2]
      const fires = height === 'open' ? typeof side !== 'number' : side === height
      return fires ? foldBatchNorm.run(graph) : rewrite(graph, () => undefined)
    },
  }
}

t.test(
  'of a pass that fires in what is built, and not at the small size, nothing is proved',
  async (t) => {
    const network = model('net', image(3, { size: [64, 64] }), (x) => ({
      y: convBnRelu(x, 4, { kernel: 3, name: 'first' }),
    }))
    const firing = {
      at: '0',
      why: /^fold-batch-norm fired there in what is built, .* at 1 of its 1 places$/,
    }
    const open = { size: { height: { multiple: 1 }, width: { multiple: 1 } } }
    t.match(await verdict(network, { ...open, passes: [onlyAt('open')] }), {
      verdict: 'unproved',
      unproved: [firing],
    })
    t.match(await verdict(network, { ...open, passes: [foldBatchNorm] }), { verdict: 'equal' })

    const { report, certificate } = await certify(network, { passes: [onlyAt(64)] })
    t.match(report, { verdict: 'unproved', ok: false, input: [1, 3, 16, 16], unproved: [firing] })
    t.match(certificate, { verdict: 'unproved', unproved: [/^0: fold-batch-norm fired there/] })
    t.match(await certify(network, { passes: [foldBatchNorm] }), { report: { verdict: 'equal' } })

    const { certificate: once } = await certify(network, { ...open, passes: [onlyAt('open')] })
    t.equal(once.unproved.length, 1, 'what is of the run and of the build is told once')
  },
)
