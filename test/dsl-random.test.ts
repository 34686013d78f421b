import fc from 'fast-check'
import {
  basic,
  bottleneck,
  type Connection,
  compile,
  conv,
  down,
  type Feature,
  type Fusion,
  image,
  model,
  type Step,
  same,
  stage,
  up,
  upsampleConcat,
} from 'heddle'
import t from 'tap'

/** A stage of any number of branches, each of its own width, unit and depth, fused along any connections. */
const stages = fc
  .record({ first: fc.constantFrom(1, 2, 4, 8), branches: fc.integer({ min: 1, max: 5 }) })
  .chain(({ first, branches }) => {
    const each = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
      fc.array(one, { minLength: branches, maxLength: branches })
    return fc.record({
      first: fc.constant(first as Step),
      widths: each(fc.integer({ min: 1, max: 6 }).map((n) => 4 * n)),
      units: each(fc.integer({ min: 1, max: 3 })),
      unit: each(fc.constantFrom(basic, bottleneck)),
      modules: fc.integer({ min: 1, max: 3 }),
      // Whether branch n % branches feeds branch n / branches.
      feeds: fc.array(fc.boolean(), { minLength: branches ** 2, maxLength: branches ** 2 }),
      outputs: fc.constantFrom('all' as const, 'finest' as const),
      mode: fc.constantFrom('nearest' as const, 'bilinear' as const),
    })
  })

function fusion(feeds: readonly boolean[], mode: 'nearest' | 'bilinear'): Fusion {
  const upwards = up({ interpolation: { mode } })
  return (branches) =>
    feeds.flatMap((fed, n): Connection[] => {
      const [to, from] = [Math.floor(n / branches), n % branches]
      if (from === to) return [{ from, to, path: same }]
      return fed ? [{ from, to, path: from > to ? upwards : down }] : []
    })
}

t.test('stages of any branches, units and fusion put out their widths and strides', async (t) => {
  const made = fc.property(
    stages,
    fc.integer({ min: 1, max: 3 }),
    ({ first, feeds, mode, ...options }, times) => {
      let written: readonly Feature[] = []
      const net = model('net', image(3), (x) => {
        const start = conv(x, 8, { kernel: 3, stride: first })
        written = stage(2, [start], { ...options, fusion: fusion(feeds, mode) })
        const all = upsampleConcat(written)
        return Object.fromEntries([['all', all], ...written.map((y, i) => [`branch${i}`, y])])
      })
      const { widths, outputs } = options
      const wanted = outputs === 'finest' ? widths.slice(0, 1) : widths
      const size = 128 * times
      const shape = (channels: number, level: number): number[] => {
        const side = size / first / 2 ** level
        return [1, channels, side, side]
      }
      const { graph } = compile(net, { size: { height: size, width: size } })
      t.strictSame(
        graph.outputs.map(({ value }) => value.type.shape),
        [
          shape(
            wanted.reduce((a, b) => a + b),
            0,
          ),
          ...wanted.map(shape),
        ],
      )
      t.strictSame(
        written.map(({ channels, stride }) => [channels, stride]),
        wanted.map((width, level) => [width, first * 2 ** level]),
      )
    },
  )
  fc.assert(made, { seed: 3, numRuns: 40 })
})

t.test('fusion to the exact size takes any input', async (t) => {
  const sizes = fc.property(
    stages,
    fc.integer({ min: 1, max: 200 }),
    fc.integer({ min: 1, max: 200 }),
    ({ first, feeds, mode: _, ...options }, height, width) => {
      const net = model('net', image(3), (x) => {
        const start = conv(x, 8, { kernel: 3, stride: first })
        const fused = stage(2, [start], { ...options, fusion: fusion(feeds, 'bilinear') })
        return { y: fused[0] as Feature }
      })
      const { graph } = compile(net, { size: { height, width }, passes: [] })
      const [finest] = graph.outputs
      t.strictSame(finest?.value.type.shape, [
        1,
        options.widths[0],
        Math.ceil(height / first),
        Math.ceil(width / first),
      ])
    },
  )
  fc.assert(sizes, { seed: 3, numRuns: 40 })
})
