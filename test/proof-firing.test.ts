import t from 'tap'
import { computed, make } from '../src/compiler/make.js'
import type { Constant, Node, QuantizedType, Value } from '../src/compiler/node.js'
import type { Firing, Pass } from '../src/compiler/rewrite.js'
import { hrnetV2 } from '../src/models/hrnet/v2.js'
import { foldBatchNorm } from '../src/passes/fold-batch-norm.js'
import { proveFiring } from '../src/proof/firing.js'
import { proveStep } from '../src/proof/step.js'
import { deriving } from './support/mutants.js'
import { sized } from './support/passes.js'

const origin = { path: 'made', place: undefined }
const x = make(
  'input',
  {},
  { name: 'x', type: { element: 'float32', shape: [1, 4, 6, 6] } },
  origin,
)
const parameter = (name: string, ...shape: number[]): Constant =>
  make('parameter', {}, { name, shape, role: 'weight' }, origin)
const act = (name: 'relu' | 'sigmoid' | 'tanh', input: Value): Value =>
  make('activation', { input }, { function: { name } }, origin)
const add = (left: Value, right: Value): Value => make('add', { left, right }, {}, origin)
const multiply = (left: Value, right: Value): Value => make('multiply', { left, right }, {}, origin)
const number = (value: number, element: 'float32' | QuantizedType = 'float32'): Constant => {
  const derivation = { rule: 'literal', element, shape: [], numbers: [value] } as const
  return make('derived', { from: [] }, { derivation }, origin)
}
const proof = (before: Node, after: Node, changes: Pass['changes'] = 'rounding') =>
  proveFiring({ before, after }, { seed: 1, changes })

t.test('a sum in another order is the same, within what its rounding accounts for', async (t) => {
  const [y, z] = [act('tanh', x), act('sigmoid', x)]
  const { ok, error, bound, ratio, depth } = proof(add(add(x, y), z), add(x, add(y, z)))
  t.ok(ok)
  t.ok(error > 0 && error <= bound && ratio === error / bound, 'it is not the same bits')
  t.equal(depth, 0, 'for any x, y and z')
  t.notOk(proof(add(add(x, y), z), add(x, add(y, y))).ok)
})

t.test('what holds only of what is fed deeper is proved deeper', async (t) => {
  const inner = act('relu', x)
  t.match(proof(act('relu', inner), inner), { ok: true, depth: 1, before: 'activation' })
  const far = make(
    'identity',
    { input: make('identity', { input: inner }, {}, origin) },
    {},
    origin,
  )
  t.match(proof(act('relu', far), far), { ok: true, depth: 4 }, 'levels double')
  const wrong = act('tanh', x)
  t.match(proof(act('relu', wrong), wrong), {
    ok: false,
    depth: 1,
    path: 'made',
    note: /^they differ by 0\.\d+, where rounding accounts for \d\.\de-1\d$/,
  })
})

t.test('nodes of several results are compared result by result', async (t) => {
  const split = (input: Value, ...sizes: number[]): Node =>
    make('split', { input }, { axis: 1, sizes }, origin)
  t.ok(proof(split(x, 1, 3), split(x, 1, 3)).ok)
  t.notOk(proof(split(x, 1, 3), split(act('tanh', x), 1, 3)).ok)
})

t.test('what is foreign is fed where both sides have it, and never computed', async (t) => {
  const results = [{ element: 'float32', shape: [1, 4, 6, 6] }] as const
  const foreign = (...operands: Value[]): Value => {
    const attributes = { operator: 'Draw', domain: '', version: 0, attributes: {}, results }
    const of = make('foreign', { operands }, attributes, origin)
    return make('result', { of }, { index: 0 }, origin)
  }
  const drawn = foreign(x)
  t.match(proof(add(drawn, x), add(x, drawn)), { ok: true, depth: 0 })
  if (drawn.kind !== 'result') return
  const again = make('result', drawn.inputs, { index: 0 }, origin)
  t.ok(proof(add(drawn, x), add(x, again)).ok, 'another node reads the same result')
  t.match(proof(drawn, foreign(x)), { ok: false, note: 'not proved: foreign' })
})

t.test('infinities prove nothing, and neither does a bound as large as the values', async (t) => {
  const huge = (): Value => multiply(x, number(1e300))
  t.match(proof(multiply(huge(), huge()), multiply(huge(), huge())), {
    ok: false,
    note: /not finite/,
  })
  const lost = (by: number): Value => add(add(x, number(by)), number(-by))
  t.match(proof(lost(1e25), lost(2e25)), { ok: false, note: /^nothing is proved/ })
})

const weight = parameter('w', 8, 4, 3, 3)
const bias = parameter('b', 8)
const conv = (input: Value, weight: Value, bias: Value | undefined): Value => {
  const window = { strides: [1, 1], padding: [1, 1, 1, 1], dilations: [1, 1], groups: 1 } as const
  return make('conv', { input, weight, bias }, window, origin)
}

/** D(Q(value)), brought back by another scale and zero where they are given. */
function eightBits(
  value: Value,
  scale: Constant,
  zero: Constant,
  back: { readonly scale?: Constant; readonly zero?: Constant } = {},
): Value {
  const to = zero.type.element as QuantizedType
  const narrow = make('quantize', { input: value, scale, zero }, { axis: 0, to }, origin)
  const input = value.kind === 'parameter' ? computed(narrow, origin) : narrow
  return make('dequantize', { input, scale, zero, ...back }, { axis: 0 }, origin)
}

t.test(
  '8 bits are as far from the numbers they stand for as they move them, and no further',
  async (t) => {
    const scale = number(0.02)
    const [zero, other] = [number(100, 'uint8'), number(101, 'uint8')]
    const read = eightBits(x, scale, zero)
    t.match(proof(x, read, 'precision'), { ok: true, depth: 0 })
    t.notOk(proof(x, eightBits(x, scale, zero, { zero: other }), 'precision').ok, 'another zero')
    const wider = { scale: number(0.021) }
    t.notOk(proof(x, eightBits(x, scale, zero, wider), 'precision').ok, 'another scale')
    t.notOk(proof(x, read).ok, 'a pass that changes rounding alone changes no bits')

    const zeros = {
      rule: 'literal',
      element: 'int8',
      shape: [8],
      numbers: new Array(8).fill(0),
    } as const
    const none = make('derived', { from: [] }, { derivation: zeros }, origin)
    const scaled = (steps: number): Constant => {
      const derivation = { rule: 'channelScale', axis: 0, steps, reach: 1 } as const
      return make('derived', { from: [weight] }, { derivation }, origin)
    }
    const layer = (w: Value, b: Value | undefined = bias): Value => conv(read, w, b)
    const right = layer(eightBits(weight, scaled(127), none))
    const range = [number(0.05), number(128, 'uint8')] as const
    t.match(proof(conv(x, weight, bias), right, 'precision'), { ok: true, depth: 0 })
    t.match(proof(conv(x, weight, bias), eightBits(right, ...range), 'precision'), { ok: true })
    t.notOk(
      proof(conv(x, weight, bias), layer(eightBits(weight, scaled(254), none)), 'precision').ok,
      'a scale that clamps a weight',
    )
    const forgetful = conv(read, eightBits(weight, scaled(127), none), undefined)
    t.notOk(proof(conv(x, weight, bias), forgetful, 'precision').ok, 'no bias')
    const shifted = eightBits(right, ...range, { zero: number(127, 'uint8') })
    t.notOk(proof(conv(x, weight, bias), shifted, 'precision').ok, 'another zero of the result')
  },
)

t.test('float16 is as far off as its roundings, within its range', async (t) => {
  const half = (input: Value): Value => make('cast', { input }, { to: 'float16' }, origin)
  const back = (input: Value): Value => make('cast', { input }, { to: 'float32' }, origin)
  const [w, b] = [weight, bias].map((each) => computed(half(each), origin)) as [Value, Value]
  const plain = conv(x, weight, bias)
  t.match(proof(plain, back(conv(half(x), w, b)), 'precision'), { ok: true, depth: 0 })
  t.notOk(proof(plain, back(conv(half(x), w, undefined)), 'precision').ok, 'no bias')
  const large = (): Value => multiply(conv(x, weight, bias), number(1e6))
  t.match(proof(large(), back(half(large())), 'precision'), { ok: true }, 'fed so that it fits')
})

t.test('firings that are alike are computed once, or each where all are asked for', async (t) => {
  const { firings } = foldBatchNorm.run(sized(hrnetV2(18), 32, 32))
  const some = firings.slice(0, 40)
  const {
    firings: fired,
    distinct,
    failed,
    worst,
  } = proveStep({ pass: foldBatchNorm, firings: some }, { seed: 1 })
  t.same([fired, failed], [40, []])
  t.ok(distinct < 20 && worst?.ok)
  const few = { pass: foldBatchNorm, firings: [some[0], some[0]] as Firing[] }
  t.equal(proveStep(few, { seed: 1 }).distinct, 1)
  t.equal(proveStep(few, { seed: 1, all: true }).distinct, 2)
})

t.test('once three firings of a pass have failed, others are not looked into deeply', async (t) => {
  const pass = deriving(foldBatchNorm, 'normFactor', ({ rule, epsilon }) => ({
    derivation: { rule, epsilon: 2 * epsilon },
  }))
  const firings = pass.run(sized(hrnetV2(18), 32, 32)).firings.slice(0, 6)
  const { failed } = proveStep({ pass, firings }, { seed: 1 })
  t.equal(failed.length, 6)
  const limit = /; deeper than 0 was not tried$/
  t.notMatch(failed[2]?.note, limit)
  t.match(failed[5], { depth: 0, note: limit })
})

t.test(
  'scales that calibration wrote down are told apart where they differ within a firing',
  async (t) => {
    // Written down twice, as passes do that know nothing of each other.
    const firing = (scale: number, back: number): Firing => ({
      before: x,
      after: eightBits(x, number(scale), number(128, 'uint8'), {
        scale: number(back),
      }),
    })
    const pass = { ...foldBatchNorm, changes: 'precision' } as const
    const firings = [firing(0.02, 0.02), firing(0.03, 0.03), firing(0.02, 0.03)]
    const { distinct, failed } = proveStep({ pass, firings }, { seed: 1 })
    t.equal(distinct, 2)
    t.equal(failed.length, 1)
  },
)
