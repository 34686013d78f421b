import t from 'tap'
import { withGraph } from '../src/build/open-graph.js'
import type { NodeOf } from '../src/compiler/node.js'
import { convBnRelu } from '../src/dsl/blocks.js'
import { conv } from '../src/dsl/layers.js'
import { image, model } from '../src/dsl/model.js'
import { compileRun } from '../src/verify/compile-run.js'
import { examine } from '../src/verify/examine.js'
import { deviceRatio, halfRatio, limitOf, roundingOf } from '../src/verify/limits.js'
import { roundsOf } from '../src/verify/trials.js'

const small = model('small', image(3, { size: [16, 16] }), (x) => ({
  y: conv(convBnRelu(x, 8, { kernel: 3 }), 4, { kernel: 1, bias: true }),
}))

t.test('how much more than the CPU a provider may round depends on what ran', async (t) => {
  const on = (provider: 'cpu' | 'cuda' | 'webgpu' | 'none', tf32?: boolean): number =>
    roundingOf({ provider, runtime: '', ...(tf32 !== undefined && { tf32 }) })
  t.same([on('cpu'), on('none')], [1, 1])
  t.same([on('webgpu'), on('cuda', false)], [deviceRatio, deviceRatio])
  t.equal(on('cuda', true), halfRatio, 'TF32 rounds as float16 does, to 10 bits')
})

t.test('the limit of outputs follows what they ran on; that of passes does not', async (t) => {
  const run = await compileRun(small, {})
  const { graph, plain } = run.compilation
  const [input] = plain.inputs as readonly [NodeOf<'input'>]
  const examined = (ratio: number) =>
    examine(run, {
      seed: 0,
      rounds: roundsOf(input, { seed: 0, thorough: false, clamps: false }),
      thorough: false,
      last: (features, body) => withGraph(graph, run.weights, { optimize: true, features }, body),
      rounding: async () => ratio,
      told: () => undefined,
    })
  const [cpu, device] = [await examined(1), await examined(deviceRatio)]
  const [[own], [wide]] = [cpu.outputs, device.outputs]
  t.equal(own?.tolerance, limitOf(own?.plain ?? 0))
  t.equal(wide?.tolerance, deviceRatio * (own?.tolerance ?? 0))
  const limits = ({ passes }: typeof cpu) => passes.map(({ worst }) => worst?.tolerance)
  t.same(limits(device), limits(cpu))
  t.ok(limits(cpu).length > 0)
})
