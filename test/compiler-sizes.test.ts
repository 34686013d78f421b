import fc from 'fast-check'
import t from 'tap'
import { compile } from '../src/compile.js'
import {
  type Dimension,
  equalDimensions,
  floorDivide,
  leastOf,
  multiplyDimensions,
  printDimension,
  quotientOf,
  type SymbolicDimension,
  scaleDimension,
  symbolicDimension,
} from '../src/compiler/dimension.js'
import { make } from '../src/compiler/make.js'
import type { Value } from '../src/compiler/node.js'
import { type Side, specialise } from '../src/compiler/specialise.js'
import {
  adaptivePool,
  add,
  conv,
  convTranspose,
  image,
  maxPool,
  model,
  resize,
} from '../src/index.js'
import { hrnetV2 } from '../src/models/hrnet/v2.js'
import { zooModel } from '../src/models/zoo.js'
import { refusal, suggested } from './support/input-size.js'

/** One step of size arithmetic, on a dimension and on a number. */
interface Step {
  readonly dimension: (d: Dimension) => Dimension
  readonly number: (side: number) => number
}

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 1, max: 8 })).map(
    ([plus, over]): Step => ({
      dimension: (d) => floorDivide(d, plus, over),
      number: (side) => Math.floor((side + plus) / over),
    }),
  ),
  fc.integer({ min: 1, max: 6 }).map(
    (factor): Step => ({
      dimension: (d) => scaleDimension(d, factor) ?? d,
      number: (side) => side * factor,
    }),
  ),
)

/** A symbolic side after some steps, and the same steps on a number. */
const walk = fc
  .tuple(fc.constantFrom(1, 2, 4, 32), fc.array(step, { maxLength: 6 }))
  .map(([multiple, steps]) => {
    let d: Dimension = symbolicDimension('height', multiple)
    const taken: Step[] = []
    for (const each of steps) {
      const next = each.dimension(d)
      // A product that has no such form is not taken.
      if (next === d && each.number(7) !== 7) continue
      d = next
      taken.push(each)
    }
    const side = (n: number): number => taken.reduce((s, each) => each.number(s), multiple * n)
    return { d: d as SymbolicDimension, side, multiple }
  })

const valueAt = ({ times, plus, over }: SymbolicDimension, n: number): number =>
  Math.floor((times * n + plus) / over)

t.test('a symbolic side comes to what its steps come to in numbers', (t) => {
  fc.assert(
    fc.property(walk, ({ d, side }) => {
      for (let n = 1; n <= 40; n++) if (valueAt(d, n) !== side(n)) return false
      return leastOf(d) === side(1)
    }),
    { numRuns: 500, seed: 1 },
  )
  t.end()
})

t.test('two sides are equal exactly where all their values are', (t) => {
  fc.assert(
    fc.property(walk, walk, (a, b) => {
      if (a.multiple !== b.multiple) return true
      // Numerators and denominators are small here: 4,096 values tell any two apart.
      let alike = true
      for (let n = 1; n <= 4096 && alike; n++) alike = a.side(n) === b.side(n)
      return alike === equalDimensions(a.d, b.d)
    }),
    { numRuns: 500, seed: 2 },
  )
  t.end()
})

t.test('a printed side reads as what it is', (t) => {
  fc.assert(
    fc.property(walk, ({ d, side, multiple }) => {
      const body = printDimension(d).replace(/floor|ceil/g, (name) => `Math.${name}`)
      const read = new Function('height', `return ${body}`) as (height: number) => number
      for (let n = 1; n <= 40; n++) if (read(multiple * n) !== side(n)) return false
      return true
    }),
    { numRuns: 500, seed: 3 },
  )
  const height = symbolicDimension('height')
  t.equal(printDimension(height), 'height')
  t.equal(printDimension(floorDivide(height, 3, 4)), 'ceil(height/4)')
  t.equal(printDimension(floorDivide(height, 1, 2)), 'ceil(height/2)')
  t.equal(printDimension(floorDivide(height, -1, 2)), 'floor((height - 1)/2)')
  t.equal(printDimension(floorDivide(symbolicDimension('height', 32), 3, 4)), 'height/4')
  t.end()
})

t.test(
  'a product of sides is told by its parts, and divided by them, however they are multiplied',
  (t) => {
    const [height, width] = [symbolicDimension('height', 32), symbolicDimension('width', 32)]
    const [quarter, eighth] = [4, 8].map((over) => floorDivide(height, 0, over)) as [
      Dimension,
      Dimension,
    ]
    const positions = multiplyDimensions([width, quarter])
    t.equal(printDimension(positions), '(height/4)*width')
    t.equal(printDimension(multiplyDimensions([3, positions, 2])), '6*(height/4)*width')
    t.same(quotientOf([3, positions], [width, 3]), quarter)
    t.same(quotientOf([positions], [eighth]), scaleDimension(width, 2))
    t.equal(quotientOf([positions], [floorDivide(height, 1, 3)]), undefined)
    t.ok(
      equalDimensions(
        quotientOf([positions, 3], [2]) as Dimension,
        multiplyDimensions([3, eighth, width]),
      ),
    )
    t.equal(quotientOf([positions, 3], [512]), undefined)
    t.ok(equalDimensions(positions, multiplyDimensions([2, eighth, width])))
    t.notOk(equalDimensions(positions, multiplyDimensions([eighth, width])))
    t.equal(leastOf(positions), 8 * 32)
    t.equal(multiplyDimensions([6, 7]), 42)
    t.end()
  },
)

t.test('nearest fusion at 250x190 names the nearest sizes that work', (t) => {
  const network = hrnetV2(1, { upsample: 'nearest' })
  const message = refusal(network, 250, 190)
  t.match(message, 'hrnet-v2-w1 does not take an input of 250x190: a sum of ')
  t.match(message, '63 is not 64')
  t.match(message, 'in stage2.0.fuse_layers.0.add')
  // Every level rounds up, so that the three sizes below a multiple of 32 work as it does.
  t.match(message, 'Nearest sizes that work: 253x190, 224x190.')
  t.match(message, '--fuse-to-size for the zoo')
  t.equal(refusal(network, 253, 190), undefined)
  for (let height = 225; height <= 252; height++)
    t.not(refusal(network, height, 190), undefined, `${height}`)
  t.equal(refusal(hrnetV2(1, { upsample: 'nearest', fuseToSize: true }), 250, 190), undefined)
  t.equal(refusal(hrnetV2(1), 250, 190), undefined, 'bilinear fusion is to a size')
  t.end()
})

t.test('each side is searched on its own; the first pair is the nearest', (t) => {
  const network = hrnetV2(1, { upsample: 'nearest' })
  t.strictSame(suggested(refusal(network, 250, 165)), [
    [253, 160],
    [224, 160],
    [253, 189],
  ])
  t.strictSame(suggested(refusal(network, 3, 256)), [[29, 256]], 'none is below')
  for (const [height, width] of suggested(refusal(network, 113, 47)))
    t.equal(refusal(network, height, width), undefined)
  t.end()
})

t.test('an open size is answered by the multiple that works', (t) => {
  const network = hrnetV2(1, { upsample: 'nearest' })
  const [any, eights] = [{ multiple: 1 }, { multiple: 8 }]
  t.match(refusal(network, any, any), 'an input of dynamic: ')
  t.match(refusal(network, any, any), 'This works: dynamic/32.')
  t.match(refusal(network, any, 224), 'This works: dynamic/32 x 224.')
  t.match(refusal(network, eights, 190), 'This works: dynamic/32 x 190.')
  t.equal(refusal(network, { multiple: 32 }, { multiple: 96 }), undefined)
  t.equal(refusal(hrnetV2(1), any, any), undefined)
  const pooled = model('pooled', image(2), (x) => {
    const finer = resize(maxPool(x, { kernel: 2, stride: 2 }), 1, { mode: 'nearest' })
    return { y: add(x, finer), own: adaptivePool(x, [3, 3]) }
  })
  t.match(refusal(pooled, any, any), 'Give height and width in numbers', 'no multiple works')
  t.end()
})

t.test('a pyramid with an empty level names the least size that fills it', (t) => {
  const network = zooModel('hrnet-v2p-w1', { fuseToSize: true })
  const message = refusal(network, 16, 500)
  t.match(message, 'is too small for a window of ')
  t.notMatch(message, '--fuse-to-size', 'which would not help')
  const [[height = 0, width] = [], ...others] = suggested(message)
  t.strictSame([width, others], [500, []])
  t.equal(refusal(network, height, 500), undefined)
  t.not(refusal(network, height - 1, 500), undefined)
  t.end()
})

t.test('where no size near works, it says so', (t) => {
  const { graph } = model('large', image(1, { name: 'x' }), (x) => ({ y: x }))
  const [input] = graph.inputs
  const pool = make(
    'pool',
    { input: input as Value },
    {
      operator: 'max',
      kernel: [600, 600],
      strides: [1, 1],
      padding: [0, 0, 0, 0],
      countPadding: false,
    },
    { path: 'pool', place: undefined },
  )
  const large = { ...graph, outputs: [{ name: 'y', value: pool }] }
  t.throws(() => specialise(large, { batch: 1, height: 8, width: 700 }), {
    message: 'No size near it works.',
  })
  t.equal(specialise(large, { batch: 1, height: 600, width: 600 }).outputs.length, 1)
  t.end()
})

t.test('sizes follow through every layer as the numbers say', (t) => {
  const network = model('sides', image(2, { name: 'x' }), (x) => {
    const half = conv(x, 2, { kernel: 3, stride: 2 })
    return {
      conv: half,
      dilated: conv(x, 2, { kernel: 3, dilation: 2 }),
      up: convTranspose(half, 2, { kernel: 3, stride: 2 }),
      pool: maxPool(x, { kernel: 3, stride: 2 }),
      like: add(x, resize(half, x, { mode: 'nearest' })),
      down: resize(x, 4, { mode: 'bilinear' }),
    }
  })
  const at = (height: Side): Record<string, unknown> => {
    const { plain } = compile(network, { size: { height, width: 16 }, passes: [] })
    return Object.fromEntries(
      plain.outputs.map(({ name, value }) => {
        const side = value.type as { shape: readonly Dimension[] }
        return [name, side.shape[2] === undefined ? '' : printDimension(side.shape[2])]
      }),
    )
  }
  t.strictSame(at(37), { conv: '19', dilated: '37', up: '38', pool: '19', like: '37', down: '9' })
  t.strictSame(at({ multiple: 4 }), {
    conv: 'height/2',
    dilated: 'height',
    up: 'height',
    pool: 'height/2',
    like: 'height',
    down: 'height/4',
  })
  t.match(refusal(network, 3, 16), 'a map of 0 positions on one side')
  t.strictSame(suggested(refusal(network, 3, 16)), [[4, 16]])
  t.end()
})
