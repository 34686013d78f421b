import onnxProto from 'onnx-proto'
import t from 'tap'
import { trial } from '../src/runtime/trial.js'
import { arithmeticOf, trialFeeds, trialModel } from '../src/runtime/trial-network.js'

t.test('a provider that works is told, with what it computed in; each is asked once', async (t) => {
  const asked = await trial({ provider: 'cpu' })
  t.equal(await trial({ provider: 'cpu' }), asked)
  t.match(asked, { provider: 'cpu', ok: true, version: /^\d+\.\d+\.\d+$/, tf32: false })
})

t.test('one that does not work is told in one line, with a remedy, and harms nobody', async (t) => {
  const answer = await trial({ provider: 'cuda', cuda: { folder: '/nowhere/at/all' } })
  t.equal(answer.ok, false)
  t.match(answer.problem, /^[^\n]{20,}$/)
  t.match(answer.remedy, /^[^\n]{10,}$/)
})

t.test('the network of a trial is one convolution, of what it is fed', async (t) => {
  const { graph } = onnxProto.onnx.ModelProto.decode(trialModel)
  t.same(
    graph?.node?.map(({ opType, input, output }) => [opType, input, output]),
    [['Conv', ['x', 'w'], ['y']]],
  )
  const dims = Object.values(trialFeeds).map((tensor) => tensor.dims)
  t.same(
    graph?.input?.map(({ type }) => type?.tensorType?.shape?.dim?.map((d) => Number(d.dimValue))),
    dims,
  )
})

t.test('its numbers tell TF32 from float32, and a provider that computes neither', async (t) => {
  const y = (value: number): Float32Array => new Float32Array(64 * 14 * 14).fill(value)
  const toTf32 = (x: number): number => Math.round(x * 2 ** 10) / 2 ** 10
  const x = 1 + 2 ** -12
  t.equal((trialFeeds.x?.data as Float32Array | undefined)?.[0], x, 'all of it is float32')
  t.equal(arithmeticOf(y(576 * x)), 'float32')
  t.equal(arithmeticOf(y(576 * x * (1 + 2 ** -18))), 'float32', 'another order of sums')
  t.equal(arithmeticOf(y(576 * toTf32(x))), 'tf32')
  t.match(arithmeticOf(y(0)), { wrong: 0, due: 576 * x })
  const one = y(576 * x)
  one[one.length - 1] = 576 * toTf32(x)
  t.type(arithmeticOf(one), 'object', 'one result that is off')
  t.type(arithmeticOf(new Float32Array(3).fill(576 * x)), 'object', 'too few')
})
