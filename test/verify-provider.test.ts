import t from 'tap'
import { withGraph } from '../src/build/open-graph.js'
import type { NodeOf } from '../src/compiler/node.js'
import { convBnRelu } from '../src/dsl/blocks.js'
import { conv } from '../src/dsl/layers.js'
import { image, model } from '../src/dsl/model.js'
import { compileRun } from '../src/verify/compile-run.js'
import { type ExamineOptions, examine } from '../src/verify/examine.js'
import { compareLarger } from '../src/verify/larger.js'
import { deviceRatio, halfRatio, limitOf, roundingOf } from '../src/verify/limits.js'
import { roundsOf, type Trial } from '../src/verify/trials.js'

const small = model('small', image(3, { size: [16, 16] }), (x) => ({
  y: conv(convBnRelu(x, 8, { kernel: 3 }), 4, { kernel: 1, bias: true }),
}))

t.test('how much more than the CPU a provider may round depends on what ran', async (t) => {
  const on = (provider: 'cpu' | 'cuda' | 'webgpu' | 'none', tf32?: boolean): number =>
    roundingOf({ provider, runtime: '', ...(tf32 !== undefined && { tf32 }) })
  t.same([on('cpu'), on('none')], [1, 1])
  t.same([on('webgpu'), on('cuda', false)], [deviceRatio, deviceRatio])
  t.equal(on('cuda', true), halfRatio, 'TF32 rounds as float16 does, to 10 bits')
  const half = (provider: 'cpu' | 'webgpu'): number =>
    roundingOf({ provider, runtime: '' }, halfRatio)
  t.same([half('cpu'), half('webgpu')], [halfRatio, deviceRatio * halfRatio])
})

/** The small network, examined as if what it ran on rounded by so much more than the CPU. */
async function examinedAt(ratio: number, tolerance?: number) {
  const run = await compileRun(small, {})
  const { graph, plain } = run.compilation
  const [input] = plain.inputs as readonly [NodeOf<'input'>]
  const rounds = roundsOf(input, { seed: 0, thorough: false, clamps: false })
  const last: ExamineOptions['last'] = (features, body) =>
    withGraph(graph, run.weights, { optimize: true, features }, body)
  const options: ExamineOptions = {
    seed: 0,
    rounds,
    thorough: false,
    tolerance,
    last,
    inMemory: last,
    rounding: async (narrowing) => narrowing * ratio,
    told: () => undefined,
  }
  const found = await examine(run, options)
  const [[{ input: image }]] = rounds as readonly [readonly [Trial]]
  const larger = await compareLarger(run, image, plain.outputs, found.errors, options)
  return { ...found, larger }
}

t.test('the limit of outputs follows what they ran on; that of passes does not', async (t) => {
  const [cpu, device] = [await examinedAt(1), await examinedAt(deviceRatio)]
  const [[own], [wide]] = [cpu.outputs, device.outputs]
  t.equal(own?.tolerance, limitOf(own?.plain ?? 0))
  t.equal(wide?.tolerance, deviceRatio * (own?.tolerance ?? 0))
  const limits = ({ passes }: typeof cpu) => passes.map(({ worst }) => worst?.tolerance)
  t.same(limits(device), limits(cpu))
  t.ok(limits(cpu).length > 0)
})

t.test(
  'a limit that anything meets proves nothing, at any size, unless it is stated',
  async (t) => {
    const { outputs, larger } = await examinedAt(2 ** 20)
    for (const compared of [outputs, larger.outputs])
      t.match(compared, [{ name: 'y', ok: false, proved: false }])
    const [why, remedy] = [/which anything may meet/, /--no-tf32/]
    t.match(larger.unproved, [{ at: 'y', why, remedy }])
    for (const { larger } of [await examinedAt(2 ** 20, 0.9), await examinedAt(halfRatio)]) {
      t.match(larger.outputs, [{ ok: true, proved: true }])
      t.same(larger.unproved, [])
    }
  },
)
