import {
  add,
  addShortcut,
  averagePool,
  type BranchOptions,
  basic,
  batchNorm,
  bottleneck,
  classificationHead,
  concat,
  conv,
  convBnRelu,
  convHead,
  convTranspose,
  denseHead,
  descend,
  everyToEvery,
  type Feature,
  foreign,
  fourBasic,
  fuse,
  globalPool,
  image,
  linear,
  model,
  multiply,
  NetworkError,
  type Pyramid,
  type RuleName,
  relu,
  repeat,
  resize,
  type Stride,
  same,
  split,
  spread,
  stage,
  stateFeature,
  stateStride,
  stateWidth,
  type Tensor,
  transition,
  type UnitOf,
  unit,
  upsampleConcat,
  type Vector,
  widen,
} from 'heddle'
import t, { type Test } from 'tap'

/** Compiles only where `value` has exactly the type T. */
function typed<T>() {
  return <U>(_value: U, ..._same: Same<T, U> extends true ? [] : [expected: T]): void => {}
}
type Same<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false

const fusion = everyToEvery({ interpolation: { mode: 'nearest' } })
const block = { ...fourBasic, modules: 1, fusion }

function refused(t: Test, rule: RuleName, body: () => unknown): void {
  try {
    body()
  } catch (error) {
    t.equal(error instanceof NetworkError ? error.rule : error, rule)
    return
  }
  t.fail(`${rule}: accepted`)
}

function written(body: (x: Feature<3, 1>) => void): void {
  model('net', image(3), (x) => {
    body(x)
    return { x }
  })
}

t.test('literal widths and strides survive every layer', async () => {
  written((x) => {
    const y = conv(x, 48, { kernel: 3, stride: 4 })
    typed<Feature<48, 4>>()(y)
    typed<Feature<48, 4>>()(relu(batchNorm(y)))
    typed<Feature<48, 4>>()(add(y, y))
    typed<Feature<48, 4>>()(multiply(y, globalPool(y)))
    typed<Feature<48, 32>>()(averagePool(y, { kernel: 8, stride: 8 }))
    typed<Feature<24, 1>>()(convTranspose(y, 24, { kernel: 4, stride: 4 }))
    typed<Feature<48, 1>>()(resize(y, x, { mode: 'bilinear' }))
    typed<Feature<48, 16>>()(resize(y, 16, { mode: 'nearest' }))
    typed<readonly [Feature<16, 4>, Feature<32, 4>]>()(split(y, [16, 32]))
    typed<Vector<48>>()(globalPool(y))
    typed<Vector<10>>()(linear(globalPool(y), 10))
    typed<Feature<10, 4>>()(spread(linear(globalPool(y), 10), y))
    typed<Feature<number, 4>>()(concat(y, y))
    typed<Feature<96, 4>>()(stateWidth(concat(y, y), 96))
    typed<Feature<48, 4>>()(stateStride(y as Feature<48>, 4))
    typed<Feature<64, 8>>()(basic(64, { stride: 2 })(y))
    typed<Feature<256, 4>>()(repeat(4, bottleneck(256), y))
    const [made, pooled, other] = foreign('Anything', {
      inputs: [y],
      results: [
        { kind: 'feature', channels: 7, stride: 2 },
        { kind: 'vector', channels: 8 },
        { kind: 'tensor', shape: [1] },
      ],
    })
    typed<Feature<7, 2>>()(made)
    typed<Vector<8>>()(pooled)
    typed<Tensor>()(other)
    const side = (axis: number) => ({ operand: 0, axis, times: 1, over: 1 })
    const shape = [side(0), 48, side(2), side(3)]
    const [turned] = foreign('Anything', { inputs: [y], results: [{ kind: 'tensor', shape }] })
    typed<Feature<48, 4>>()(stateFeature(turned, 48, 4))
  })
})

t.test('and every stage, transition and fusion', async () => {
  written((x) => {
    const start = conv(x, 64, { kernel: 3, stride: 4 })
    const stage2 = stage(2, [start], { widths: [18, 36], ...block })
    typed<readonly [Feature<18, 4>, Feature<36, 8>]>()(stage2)
    const stage3 = stage(3, stage2, { widths: [18, 36, 72], ...block })
    typed<Pyramid<[18, 36, 72], 4>>()(stage3)
    typed<readonly [Feature<18, 4>, Feature<36, 8>, Feature<72, 16>]>()(stage3)
    const [finest, ...rest] = stage(4, stage3, {
      widths: [18, 36, 72],
      ...block,
      outputs: 'finest',
    })
    typed<Feature<18, 4>>()(finest)
    typed<[]>()(rest)
    typed<readonly [Feature<20, 4>, Feature<36, 8>]>()(transition(stage2, [20, 36]))
    typed<Feature<number, 4>>()(upsampleConcat(stage3))
    const far = conv(start, 9, { kernel: 3, stride: 16 })
    typed<readonly [Feature<64, 4>, Feature<9, 64>]>()(
      fuse(
        [start, far],
        [
          { from: 0, to: 0, path: same },
          { from: 1, to: 1, path: same },
        ],
      ),
    )
  })
})

t.test('widths, branches and options that only data knows are taken', async (t) => {
  const widths: readonly number[] = JSON.parse('[8, 16, 32]')
  const units: readonly number[] = JSON.parse('[1, 2, 1]')
  const each: BranchOptions = { unit: [basic, bottleneck, basic], units }
  written((x) => {
    const start = conv(x, widths[0] as number, { kernel: 3, stride: 4 })
    typed<Feature<number, 4>>()(start)
    const branches = stage(2, [start], { widths, modules: 1, fusion, ...each })
    typed<readonly Feature[]>()(branches)
    const again = stage(3, branches, { widths, modules: 1, fusion, ...each })
    const [finest] = fuse(again, fusion(again.length), { outputs: 'finest' })
    typed<Feature>()(finest)
    t.equal(finest.stride, 4)
    const [fine, coarse] = [start, conv(start, 16, { kernel: 3, stride: 2 })]
    const two = fuse([fine, coarse], fusion(2))
    typed<readonly [Feature<number, 4>, Feature<16, 8>]>()(two)
    const step: 1 | 2 = widths.length > 2 ? 2 : 1
    typed<Feature<8, 4 | 8>>()(conv(start, 8, { kernel: 3, stride: step }))
  })
})

t.test('functions of any width and stride can be written', async (t) => {
  function twice<D extends number, S extends Stride>(
    x: Feature<number, S>,
    width: D,
  ): Feature<D, S> {
    const y = convBnRelu(x, width, { kernel: 3 })
    return add(y, convBnRelu(y, width, { kernel: 3 }))
  }
  const own: UnitOf = (channels) =>
    unit(channels, (x) => relu(addShortcut(conv(x, channels, { kernel: 3 }), x)))
  written((x) => {
    typed<Feature<5, 1>>()(twice(x, 5))
    typed<Feature<6, 1>>()(repeat(2, own(6), x))
    const [y] = stage(2, [x], { widths: [4, 8], modules: 1, unit: own, units: [1, 2], fusion })
    typed<Feature<4, 1>>()(y)
  })
  t.pass()
})

t.test('what types and running both refuse', async (t) => {
  written((x) => {
    const fine = conv(x, 48, { kernel: 3, stride: 4 })
    const coarse = conv(x, 48, { kernel: 3, stride: 8 })
    const two = [basic, basic] as const
    // @ts-expect-error
    refused(t, 'sum-stride', () => add(fine, coarse))
    // @ts-expect-error
    refused(t, 'sum-stride', () => add(coarse, fine))
    // @ts-expect-error
    refused(t, 'sum-stride', () => add(fine, fine, coarse))
    // @ts-expect-error
    refused(t, 'not-a-feature', () => add(fine, globalPool(fine)))
    // @ts-expect-error
    refused(t, 'width', () => conv(x, 0, { kernel: 1 }))
    // @ts-expect-error
    refused(t, 'width', () => conv(x, 1.5, { kernel: 1 }))
    // @ts-expect-error
    refused(t, 'width', () => conv(x, 1e-7, { kernel: 1 }))
    // @ts-expect-error
    refused(t, 'width', () => conv(x, '48', { kernel: 1 }))
    // @ts-expect-error
    refused(t, 'width', () => basic(-4))
    // @ts-expect-error
    refused(t, 'width', () => linear(globalPool(x), 0))
    // @ts-expect-error
    refused(t, 'width', () => model('net', image(0), (y) => ({ y })))
    // @ts-expect-error
    refused(t, 'width', () => split(fine, [48, 0]))
    // @ts-expect-error
    refused(t, 'width', () => transition([fine], [18, -36]))
    // @ts-expect-error
    refused(t, 'width', () => stage(2, [fine], { widths: [18, 2.5], ...block }))
    // @ts-expect-error
    refused(t, 'last-stride', () => transition([fine], [1, 2, 3, 4, 5, 6, 7, 8, 9]))
    // @ts-expect-error
    refused(t, 'empty-pyramid', () => stage(2, [], { widths: [18], ...block }))
    // @ts-expect-error
    refused(t, 'empty-pyramid', () => fuse([], []))
    // @ts-expect-error
    refused(t, 'consecutive', () => stage(3, [coarse, fine], { widths: [18, 36], ...block }))
    // @ts-expect-error
    refused(t, 'consecutive', () => upsampleConcat([fine, fine]))
    // @ts-expect-error
    refused(t, 'fewer-widths', () => stage(3, [fine, coarse], { widths: [18], ...block }))
    // @ts-expect-error
    refused(t, 'per-branch', () => stage(2, [fine], { widths: [18], ...block, unit: two }))
    // @ts-expect-error
    refused(t, 'option', () => stage(2, [fine], { widths: [18], ...block, untis: 4 }))
    // @ts-expect-error
    refused(t, 'option', () => resize(fine, 4, { mode: 'bilinear', corners: true }))
    // @ts-expect-error
    refused(t, 'option', () => relu(fine, { nane: 'relu' }))
    // @ts-expect-error
    refused(t, 'not-a-feature', () => resize(fine, globalPool(fine), { mode: 'bilinear' }))
    // @ts-expect-error
    refused(t, 'not-a-vector', () => spread(fine, coarse))
    // @ts-expect-error
    refused(t, 'not-a-feature', () => spread(globalPool(fine), globalPool(fine)))
    // @ts-expect-error
    refused(t, 'width', () => convHead(fine, 0))
    // @ts-expect-error
    refused(t, 'width', () => denseHead(fine, 48, -19))
    // @ts-expect-error
    refused(t, 'width', () => widen([fine], [0]))
    // @ts-expect-error
    refused(t, 'width', () => classificationHead([fine], 1.5))
    // @ts-expect-error
    refused(t, 'per-branch', () => widen([fine], [128, 256]))
    // @ts-expect-error
    refused(t, 'consecutive', () => descend([fine, fine]))
    // @ts-expect-error
    refused(t, 'option', () => convHead(fine, 17, { kernal: 3 }))
    // @ts-expect-error
    refused(t, 'not-a-list', () => transition([fine], 18))
    // @ts-expect-error
    refused(t, 'stage-number', () => stage('2', [fine], { widths: [18], ...block }))
  })
})

t.test('what only running sees, since to types a NaN is a number', async (t) => {
  written((x) => {
    for (const width of [Number.NaN, Number.POSITIVE_INFINITY, 0, -3, 1.5, 2 ** 53])
      refused(t, 'width', () => conv(x, width, { kernel: 1 }))
    const branches: readonly Feature[] = []
    refused(t, 'empty-pyramid', () => upsampleConcat(branches))
    refused(t, 'width', () => transition([x], [8, Number.NaN]))
  })
})
