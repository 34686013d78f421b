import {
  downBy,
  everyToEvery,
  type Feature,
  type Fusion,
  fuse,
  fuseInPlace,
  image,
  maxPool,
  model,
  type Path,
  resize,
  same,
  separableConvBn,
  transition,
} from 'heddle'
import t from 'tap'
import { parametersOf } from '../src/compiler/graph.js'
import { sized, text } from './support/passes.js'

const halved: Path = (x) => maxPool(x, { kernel: 2, stride: 2 })
const doubled: Path = (x, { stride }) => resize(x, stride, { mode: 'nearest' })

/** Fuses three branches at strides 1, 2, 4 without an activation, and prints what has come of it. */
function fused(fusion: Fusion, outputs?: 'finest'): string {
  const net = model('net', image(2, { name: 'x' }), (x) => {
    const half = maxPool(x, { kernel: 2, stride: 2 })
    const quarter = maxPool(half, { kernel: 2, stride: 2 })
    const activation = (sum: Feature): Feature => sum
    const [y, ...coarser] = fuse([x, half, quarter], fusion, { outputs, activation })
    return { y, ...Object.fromEntries(coarser.map((z, n) => [`z${n}`, z])) }
  })
  return text(sized(net, 8, 8)).replace(/ +\[.*/gm, '')
}

const kept: Fusion = (branches) =>
  Array.from({ length: branches }, (_, n) => ({ from: n, to: n, path: same }))

t.test('connections start from the branches as they came in', async (t) => {
  const falling: Fusion = (branches) => [
    ...kept(branches),
    { from: 0, to: 1, path: halved },
    { from: 1, to: 2, path: halved },
  ]
  t.equal(
    fused(falling),
    [
      'x',
      '%1 = maxPool(x, 2x2, stride 2)',
      '%2 = maxPool(x, 2x2, stride 2)',
      '%3 = add(%1, %2)',
      '%4 = maxPool(%1, 2x2, stride 2)',
      '%5 = maxPool(%1, 2x2, stride 2)',
      '%6 = add(%4, %5)',
      'y = x',
      'z0 = %3',
      'z1 = %6',
    ].join('\n'),
  )
})

t.test('or, where it is said, from what has been made of them, downwards', async (t) => {
  const falling: Fusion = (branches) => [
    ...kept(branches),
    { from: 0, to: 1, path: halved, fused: true },
    { from: 1, to: 2, path: halved, fused: true },
  ]
  t.match(fused(falling), '%3 = add(%1, %2)')
  t.match(fused(falling), '%5 = maxPool(%3, 2x2, stride 2)')
})

t.test('and upwards, though only the finest comes out', async (t) => {
  const rising: Fusion = (branches) => [
    ...kept(branches),
    { from: 1, to: 0, path: doubled, fused: true },
    { from: 2, to: 1, path: doubled, fused: true },
  ]
  t.equal(
    fused(rising, 'finest'),
    [
      'x',
      '%1 = maxPool(x, 2x2, stride 2)',
      '%2 = maxPool(%1, 2x2, stride 2)',
      '%3 = resize(%2, x2, nearest)',
      '%4 = add(%1, %3)',
      '%5 = resize(%4, x2, nearest)',
      '%6 = add(x, %5)',
      'y = %6',
    ].join('\n'),
  )
})

t.test('what leads from branch to branch may be separable convolutions', async (t) => {
  const net = model('net', image(3), (x) => {
    const two = transition([x], [4, 8], { layer: separableConvBn })
    const fusion = everyToEvery({
      interpolation: { mode: 'nearest' },
      down: downBy(separableConvBn),
    })
    const [y, z] = fuse(two, fusion)
    return { y, z }
  })
  const kernels = parametersOf(net.graph)
    .map(({ attributes: { name, shape } }) => `${name} ${shape.join('x')}`)
    .filter((line) => line.endsWith('x1x1') || line.endsWith('x3x3'))
  t.same(kernels.sort(), [
    '0.0.weight 3x1x3x3',
    '0.2.weight 4x3x1x1',
    '1.0.0.weight 3x1x3x3',
    '1.0.2.weight 8x3x1x1',
    'fuse_layers.0.1.0.weight 4x8x1x1',
    'fuse_layers.1.0.0.0.weight 4x1x3x3',
    'fuse_layers.1.0.0.2.weight 8x4x1x1',
  ])
})

t.test('in place, the finest counts twice, and feeds the others twice by its sum', async (t) => {
  const fusion: Fusion = (branches) => [
    ...kept(branches),
    { from: 1, to: 0, path: doubled },
    { from: 0, to: 1, path: halved },
  ]
  const net = model('net', image(2, { name: 'x' }), (x) => {
    const [y, z] = fuseInPlace([x, maxPool(x, { kernel: 2, stride: 2 })], fusion)
    return { y, z }
  })
  t.equal(
    text(sized(net, 8, 8)).replace(/ +\[.*/gm, ''),
    [
      'x',
      '%1 = add(x, x)',
      '%2 = maxPool(x, 2x2, stride 2)',
      '%3 = resize(%2, x2, nearest)',
      '%4 = add(%1, %3)',
      '%5 = relu(%4)',
      '%6 = maxPool(%4, 2x2, stride 2)',
      '%7 = maxPool(%4, 2x2, stride 2)',
      '%8 = add(%6, %7)',
      '%9 = add(%2, %8)',
      '%10 = relu(%9)',
      'y = %5',
      'z = %10',
    ].join('\n'),
  )
})

t.test('a connection with a misspelt option is refused', async (t) => {
  const misspelt = { from: 0, to: 1, path: halved, fuesd: true }
  t.throws(() => fused((branches) => [...kept(branches), misspelt]), {
    name: 'NetworkError',
    rule: 'option',
  })
})
