import {
  add,
  averageChannels,
  averagePool,
  basic,
  batchNorm,
  bnReluConv,
  bottleneck,
  type Compilation,
  compile,
  concat,
  conv,
  convTranspose,
  countGraph,
  type DeclaredDimension,
  type Feature,
  foreign,
  gelu,
  globalPool,
  image,
  leakyRelu,
  linear,
  maxPool,
  model,
  multiply,
  type Outputs,
  parameter,
  print,
  relu,
  repeat,
  resize,
  type Stride,
  scope,
  shared,
  spelled,
  split,
  spread,
  stateFeature,
  stateWidth,
  type Tensor,
} from 'heddle'
import t from 'tap'
import { elementCount } from '../src/compiler/dimension.js'
import { nodesOf, parametersOf } from '../src/compiler/graph.js'
import { interpret } from '../src/compiler/interpret.js'
import type { Value } from '../src/compiler/node.js'
import { verify } from '../src/verify/verify.js'

function plain(body: (x: Feature<3, 1>) => Outputs, height = 64, width = 96): Compilation['plain'] {
  const net = model('net', image(3), body as (x: Feature<3, 1>) => { y: Feature })
  return compile(net, { size: { height, width }, passes: [] }).plain
}

function shapes(body: (x: Feature<3, 1>) => Outputs, height?: number, width?: number): object {
  const { outputs } = plain(body, height, width)
  return Object.fromEntries(outputs.map(({ name, value }) => [name, value.type.shape]))
}

function names(body: (x: Feature<3, 1>) => Outputs): readonly string[] {
  return parametersOf(plain(body)).map(({ attributes }) => attributes.name)
}

t.test('every layer makes the shape that its type tells', async (t) => {
  const made = shapes((x) => {
    const y = conv(x, 8, { kernel: 3, stride: 4 })
    const [a, b] = split(y, [2, 6])
    const [normal] = foreign('Erf', {
      inputs: [y],
      results: [{ kind: 'feature', channels: 8, stride: 8 }],
    })
    return {
      conv: y,
      wide: conv(x, 8, { kernel: [1, 7], dilation: 2, bias: true }),
      grouped: conv(y, 16, { kernel: 5, groups: 4 }),
      even: conv(y, 8, { kernel: 4, stride: 2 }),
      transposed: convTranspose(y, 5, { kernel: 3, stride: 2 }),
      quarter: convTranspose(y, 5, { kernel: 4, stride: 4 }),
      batchNorm: batchNorm(y),
      leakyRelu: leakyRelu(y),
      gelu: gelu(y),
      add: add(y, y, parameter('offset', [8, 1, 1])),
      multiply: multiply(y, globalPool(y), y),
      concat: concat(y, y, y),
      a,
      b,
      down: resize(y, 8, { mode: 'nearest' }),
      like: resize(y, x, { mode: 'bilinear', alignCorners: true }),
      maxPool: maxPool(y, { kernel: 3, stride: 2 }),
      averagePool: averagePool(y, { kernel: 2, stride: 2, countPadding: true }),
      pooled: globalPool(y, 'max'),
      vectors: concat(globalPool(y), globalPool(x)),
      linear: linear(globalPool(y), 10, { bias: false }),
      normal,
      unit: bottleneck(32, { stride: 2 })(y),
    }
  })
  const quarter = [16, 24]
  const eighth = [8, 12]
  t.same(made, {
    conv: [1, 8, ...quarter],
    wide: [1, 8, 64, 96],
    grouped: [1, 16, ...quarter],
    even: [1, 8, ...eighth],
    transposed: [1, 5, 32, 48],
    quarter: [1, 5, 64, 96],
    batchNorm: [1, 8, ...quarter],
    leakyRelu: [1, 8, ...quarter],
    gelu: [1, 8, ...quarter],
    add: [1, 8, ...quarter],
    multiply: [1, 8, ...quarter],
    concat: [1, 24, ...quarter],
    a: [1, 2, ...quarter],
    b: [1, 6, ...quarter],
    down: [1, 8, ...eighth],
    like: [1, 8, 64, 96],
    maxPool: [1, 8, ...eighth],
    averagePool: [1, 8, ...eighth],
    pooled: [1, 8],
    vectors: [1, 11],
    linear: [1, 10],
    normal: [1, 8, ...eighth],
    unit: [1, 32, ...eighth],
  })
})

t.test('at sizes that strides do not divide, convolutions round up and windows down', async (t) => {
  const made = shapes(
    (x) => {
      const y = conv(x, 8, { kernel: 3, stride: 4 })
      return {
        y,
        pooled: averagePool(y, { kernel: 2, stride: 2 }),
        like: resize(y, x, { mode: 'nearest' }),
      }
    },
    33,
    47,
  )
  t.same(made, { y: [1, 8, 9, 12], pooled: [1, 8, 4, 6], like: [1, 8, 33, 47] })
})

/** Channels of two groups by turns, as ShuffleNet has it, by ONNX's own operators. */
function shuffled<C extends number, S extends Stride>(x: Feature<C, S>): Feature<C, S> {
  const half = x.channels / 2
  const side = (axis: number) => ({ operand: 0, axis, times: 1, over: 1 })
  const numbers = (operator: string, count: number, options: object) =>
    foreign(operator, {
      inputs: [],
      results: [{ kind: 'tensor', shape: [count], element: 'int64' }],
      ...options,
    })[0]
  const constant = (...value_ints: readonly bigint[]) =>
    numbers('Constant', value_ints.length, { attributes: { value_ints } })
  const whole = numbers('Shape', 4, { inputs: [x] })
  const [batch, , ...sides] = [0n, 1n, 2n, 3n].map((from) =>
    numbers('Slice', 1, { inputs: [whole, constant(from), constant(from + 1n)] }),
  ) as [Tensor, Tensor, Tensor, Tensor]
  const five = [batch, constant(2n, BigInt(half)), ...sides]
  const sizes = numbers('Concat', 5, { inputs: five, attributes: { axis: 0n } })
  const [apart] = foreign('Reshape', {
    inputs: [x, sizes],
    results: [{ kind: 'tensor', shape: [side(0), 2, half, side(2), side(3)] }],
  })
  const [turned] = foreign('Transpose', {
    inputs: [apart],
    attributes: { perm: [0n, 2n, 1n, 3n, 4n] },
    results: [{ kind: 'tensor', shape: [side(0), half, 2, side(3), side(4)] }],
  })
  const [back] = foreign('Reshape', {
    inputs: [turned, whole],
    results: [{ kind: 'tensor', shape: [side(0), x.channels, side(3), side(4)] }],
  })
  return stateFeature(back as Tensor, x.channels as number, x.stride) as Feature<C, S>
}

t.test('foreign operators lead out of maps and back; ONNX Runtime agrees', async (t) => {
  const net = model('shuffle', image(6, { size: [6, 10] }), (x) => {
    const parts = split(x, [1, 1, 1, 1, 1, 1])
    const [a, ...rest] = [0, 3, 1, 4, 2, 5].map((i) => parts[i] as Feature<1, 1>)
    const byParts = stateWidth(concat(a as Feature<1, 1>, ...rest), 6)
    const half = conv(x, 4, { kernel: 3, stride: 2 })
    return { half: shuffled(half), none: add(shuffled(x), multiply(byParts, minusOne())) }
  })
  t.same(
    shapes((x) => ({ y: shuffled(conv(x, 4, { kernel: 3, stride: 4 })) })),
    {
      y: [1, 4, 16, 24],
    },
  )
  const { verdict, unproved, outputs } = await verify(net, { size: { height: 7, width: 9 } })
  t.match(outputs, [
    { name: 'half', ok: true },
    { name: 'none', relative: 0 },
  ])
  t.equal(verdict, 'unproved', 'of what is zero, nothing is proved')
  t.match(unproved, [{ at: 'none', why: /it is zero throughout/ }], 'by parts it is the same')
})

/** The constant −1. */
function minusOne(): Tensor {
  return foreign('Constant', {
    inputs: [],
    results: [{ kind: 'tensor', shape: [1] }],
    attributes: { value_floats: [-1] },
  })[0]
}

t.test('a tensor that is no map of the network is not stated to be one', async (t) => {
  const stated = (shape: readonly DeclaredDimension[], element?: 'int64') => () =>
    plain((x) => {
      const half = conv(x, 4, { kernel: 3, stride: 2 })
      const result = { kind: 'tensor', shape, ...(element && { element }) } as const
      return { y: stateFeature(foreign('Any', { inputs: [half], results: [result] })[0], 4, 2) }
    })
  const side = (axis: number, over = 1) => ({ operand: 0, axis, times: 1, over })
  t.doesNotThrow(stated([side(0), 4, side(2), side(3)]))
  for (const wrong of [
    stated([side(0), 5, side(2), side(3)]),
    stated([side(0), 4, side(2, 2), side(3)]),
    stated([side(0), 4, side(3), side(2)]),
    stated([1, 4, side(2), side(3)]),
    stated([side(0), 4, 32, 48]),
    stated([side(0), 4, side(2)]),
    stated([side(0), 4, side(2), side(3)], 'int64'),
  ])
    t.throws(wrong, /a feature of 4 channels at stride 2 is stated of a tensor of /)
})

t.test('what is pooled over a whole map comes back to every position of a map', async (t) => {
  const net = model('context', image(3, { size: [8, 12] }), (x) => {
    const half = conv(x, 4, { kernel: 3, stride: 2 })
    const context = linear(relu(batchNorm(globalPool(x))), 4, { bias: false })
    return { y: add(half, spread(context, half)), z: spread(globalPool(x), x) }
  })
  const { graph } = compile(net, { size: { height: 7, width: 9 } })
  t.same(
    graph.outputs.map(({ value }) => value.type.shape),
    [
      [1, 4, 4, 5],
      [1, 3, 7, 9],
    ],
  )
  const feed = Float64Array.from({ length: 3 * 63 }, (_, i) => i % 11)
  const values = interpret(graph, new Map([['image', feed]]), ({ type }) =>
    new Float64Array(elementCount(type.shape) as number).fill(1),
  )
  const spreadOut = values.get(graph.outputs[1]?.value as Value)
  for (const c of [0, 1, 2]) {
    const plane = feed.subarray(63 * c, 63 * (c + 1))
    const mean = plane.reduce((a, b) => a + b) / 63
    t.ok(spreadOut?.subarray(63 * c, 63 * (c + 1)).every((v) => Math.abs(v - mean) < 1e-12))
  }
  const any = { multiple: 1 }
  for (const size of [{}, { batch: any, height: any, width: any }])
    t.match(await verify(net, { size }), { ok: true })
})

t.test('channels that follow one another are averaged, at any size', async (t) => {
  const net = model('halved', image(6, { size: [2, 3] }), (x) => ({ y: averageChannels(x, 3) }))
  const { graph } = compile(net)
  const feed = Float64Array.from({ length: 6 * 6 }, (_, i) => i)
  const values = interpret(graph, new Map([['image', feed]]), () => new Float64Array())
  const means = [3, 4, 5, 6, 7, 8]
  t.same(
    [...(values.get(graph.outputs[0]?.value as Value) ?? [])],
    [...means, ...means.map((mean) => mean + 12), ...means.map((mean) => mean + 24)],
  )
  const any = { multiple: 1 }
  for (const size of [{}, { batch: any, height: any, width: any }])
    t.match(await verify(net, { size }), { ok: true })
  t.throws(() => plain((x) => ({ y: averageChannels(x, 2) })), /2 groups do not divide the 3/)
})

t.test('parameters are called after scopes, and counted as torch.nn.Sequential does', async (t) => {
  const layer = (x: Feature): Feature => relu(batchNorm(conv(x, 3, { kernel: 1 })))
  const found = names((x) => {
    const a = scope('stem', () => layer(layer(x)))
    const b = scope('stage', () => scope(0, () => layer(a)))
    const c = scope('stage', () => scope(0, () => conv(b, 3, { kernel: 1, bias: true })))
    const d = scope('stage.1', () => conv(c, 3, { kernel: 1, name: 'last' }))
    return { y: add(d, parameter('offset', [1])), z: linear(globalPool(d), 2) }
  })
  t.same(
    found.filter((name) => !/running|bias/.test(name)),
    [
      'stem.0.weight',
      'stem.1.weight',
      'stem.3.weight',
      'stem.4.weight',
      'stage.0.0.weight',
      'stage.0.1.weight',
      'stage.0.3.weight',
      'stage.1.last.weight',
      'offset',
      '0.weight',
    ],
  )
  t.ok(found.includes('stem.1.running_var'))
  t.ok(found.includes('stage.0.3.bias'))
})

t.test(
  'parameters have another spelling where they are spelled, the inner one first',
  async (t) => {
    const found = names((x) =>
      spelled(
        (name) => name.replace('stem', 'backbone.stem'),
        () =>
          scope('stem', () => {
            const y = spelled(
              (name) => name.replace(/0\.weight$/, 'stem_conv.kernel'),
              () => conv(x, 3, { kernel: 1 }),
            )
            return { y: conv(y, 3, { kernel: 1 }) }
          }),
      ),
    )
    t.same(found, ['backbone.stem.stem_conv.kernel', 'backbone.stem.1.weight'])
    const twice = (x: Feature) => conv(conv(x, 3, { kernel: 1 }), 3, { kernel: 1 })
    const one = (spelt: string) => () =>
      plain((x) => ({
        y: spelled(
          () => spelt,
          () => twice(x),
        ),
      }))
    t.throws(one('same'), /two parameters are called same/)
    t.throws(one('a/b'), /a parameter is called “a\/b”/)
  },
)

t.test(
  'a unit may leave its sum as it is, and begin with a norm of the width that comes in',
  (t) => {
    const kinds = (body: (x: Feature<3, 1>) => Feature): readonly string[] =>
      nodesOf(plain((x) => ({ y: body(x) })))
        .map(({ kind }) => kind)
        .filter((kind) => kind !== 'parameter' && kind !== 'input')
    for (const unit of [basic, bottleneck]) {
      const ends = kinds((x) => unit(8)(x))
      t.equal(ends.at(-1), 'activation')
      t.same(
        kinds((x) => unit(8, { relu: false })(x)),
        ends.slice(0, -1),
      )
    }
    t.same(
      kinds((x) => bnReluConv(x, 5, { kernel: 1 })),
      ['batchNorm', 'activation', 'conv'],
    )
    const found = names((x) => ({ y: bnReluConv(x, 5, { kernel: 1, norm: 'bn1', name: 'conv1' }) }))
    t.same(
      found.filter((name) => name.endsWith('weight')),
      ['bn1.weight', 'conv1.weight'],
    )
    t.end()
  },
)

t.test('a shared scope has one set of parameters, however often it is used', async (t) => {
  const head = (x: Feature): Feature =>
    shared('head', () => {
      const y = scope('inner', () => conv(x, 3, { kernel: 1 }))
      return scope('inner', () => conv(y, 3, { kernel: 1, bias: true }))
    })
  const body = (x: Feature): Outputs => ({ a: head(x), b: head(relu(x)) })
  t.same(names(body), ['head.inner.0.weight', 'head.inner.1.weight', 'head.inner.1.bias'])
  const twice = countGraph(plain(body))
  const once = countGraph(plain((x) => ({ a: head(x) })))
  t.equal(twice.parameters, once.parameters)
  t.equal(twice.macs, 2 * once.macs)
})

t.test('weights are shared only where it is asked for', async (t) => {
  const one = (x: Feature): Feature => conv(x, 3, { kernel: 1, name: 'one' })
  for (const body of [
    (x: Feature) => shared('head', () => one(one(x))),
    (x: Feature) => scope('head', () => one(one(x))),
    (x: Feature) =>
      add(
        scope('head', () => one(x)),
        shared('head', () => one(x)) as never,
      ),
    (x: Feature) =>
      add(
        shared('head', () => one(x)),
        scope('head', () => one(x)) as never,
      ),
  ])
    t.throws(() => plain((x) => ({ y: body(x) })), /two parameters are called head\.one\.weight/)
})

t.test('models written inside one another have scopes of their own', async (t) => {
  const found = names((x) => {
    const y = scope('outer', () => {
      const inner = model('inner', image(3), (z) => ({ z: conv(z, 4, { kernel: 1 }) }))
      t.same(
        parametersOf(inner.graph).map(({ attributes }) => attributes.name),
        ['0.weight'],
      )
      return conv(x, 3, { kernel: 1 })
    })
    t.throws(
      () =>
        model('broken', image(3), () => {
          throw new Error('mine')
        }),
      { message: 'mine' },
    )
    return { y: scope('outer', () => conv(y, 3, { kernel: 1 })) }
  })
  t.same(found, ['outer.0.weight', 'outer.1.weight'])
})

t.test('the same program makes the same graph', async (t) => {
  const body = (x: Feature<3, 1>): Outputs => ({ y: repeat(2, bottleneck(8), x) })
  t.equal(print(plain(body)), print(plain(body)))
})

t.test('a chain of 30,000 layers is written without deep recursion', async (t) => {
  const made = shapes((x) => {
    let y: Feature = x
    for (let n = 0; n < 30_000; n++) y = relu(y)
    return { y }
  })
  t.same(made, { y: [1, 3, 64, 96] })
})
