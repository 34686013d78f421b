import t from 'tap'
import type { Costs } from '../src/compiler/costs.js'
import { elementCount } from '../src/compiler/dimension.js'
import { reachedFrom } from '../src/compiler/graph.js'
import { interpretationOrder, interpretNode, type Reading } from '../src/compiler/interpret.js'
import { make } from '../src/compiler/make.js'
import { isConstant, type Node, type NodeOf } from '../src/compiler/node.js'
import { Tensor } from '../src/dsl/feature.js'
import { functionOrigin } from '../src/dsl/scope.js'
import {
  add,
  averagePool,
  batchNorm,
  concat,
  conv,
  convTranspose,
  type Feature,
  globalPool,
  image,
  linear,
  maxPool,
  model,
  multiply,
  type Outputs,
  parameter,
  relu,
  resize,
  shared,
  sigmoid,
  softmax,
  split,
  stateWidth,
  tanh,
} from '../src/index.js'
import { verify } from '../src/node.js'
import { padChannels } from '../src/passes/pad-channels.js'
import { between, drawn } from '../src/weights/seeded/draw.js'
import { applied, sized, small, text } from './support/passes.js'
import { relative } from './support/relative.js'

const three = (x: Feature<4, 1>) => conv(x, 3, { kernel: 3, bias: true, name: 'three' })
const six = (x: Feature<number, 1>, name = 'six') => conv(x, 6, { kernel: 1, name })

t.test('rows and columns of zeros are added, and move where a concat puts them', (t) => {
  const graph = small((x) => {
    const a = relu(three(x))
    return { y: conv(concat(a, six(a)), 5, { kernel: 1, bias: true, name: 'five' }) }
  })
  const { graph: after, equals } = applied(t, padChannels(4), graph)
  t.equal(
    text(after),
    `x                                     [1, 4, 8, 8]
%1 = conv(x, $1, $2, 3x3, padding 1)  [1, 4, 8, 8]               three
%2 = relu(%1)                         [1, 4, 8, 8]               0
%3 = conv(%2, $3, 1x1)                [1, 8, 8, 8]               six
%4 = concat(%2, %3)                   [1, 12, 8, 8]              concat
%5 = conv(%4, $4, $5, 1x1)            [1, 8, 8, 8]               five
%6 = split(%5, 5 + 3)                 [1, 5, 8, 8] [1, 3, 8, 8]  five
y = %6.0
$1 = pad(.weight, 0 + 1, axis 0)              [4, 4, 3, 3]   three.weight
$2 = pad(.bias, 0 + 1, axis 0)                [4]            three.bias
$3 = pad(pad(.weight, 0 + 2, axis 0), 0 + 1)  [8, 4, 1, 1]   six.weight
$4 = concat(pad(split(pad(.weight, 0 + 3, axis 0), 3 + 6).0, 0 + 1), pad(split(pad(.weight, 0 + 3, axis 0), 3 + 6).1, 0 + 2))  [8, 12, 1, 1]  five.weight
$5 = pad(.bias, 0 + 3, axis 0)                [8]            five.bias`,
  )
  const equal = [...equals.keys()].filter((value) => !isConstant(value)).map(({ kind }) => kind)
  t.same(equal, ['input', 'conv'], 'what is padded is equal to nothing, what is cut is')
  t.end()
})

t.test(
  'an image is padded before the first layer, and the classes are cut off behind the last',
  (t) => {
    const net = model('net', image(3, { name: 'x' }), (x) => ({
      y: softmax(conv(multiply(x, parameter('scale', [3, 1, 1])), 5, { kernel: 1, name: 'conv' })),
    }))
    const { graph } = applied(t, padChannels(4), sized(net, 2, 2))
    t.equal(
      text(graph),
      `x                       [1, 3, 2, 2]
%1 = pad(x, 0 + 1)      [1, 4, 2, 2]               x
%2 = multiply(%1, $1)   [1, 4, 2, 2]               multiply
%3 = conv(%2, $2, 1x1)  [1, 8, 2, 2]               conv
%4 = split(%3, 5 + 3)   [1, 5, 2, 2] [1, 3, 2, 2]  conv
%5 = softmax(%4.0)      [1, 5, 2, 2]               softmax
y = %5
$1 = pad(scale, 0 + 1, axis 0)                [4, 1, 1]
$2 = pad(pad(.weight, 0 + 3, axis 0), 0 + 1)  [8, 4, 1, 1]  conv.weight`,
    )
    t.end()
  },
)

t.test('where a layer needs it, what it reads is padded, and nothing else', (t) => {
  const graph = small((x) => {
    const a = six(relu(three(x)))
    return { y: conv(a, 5, { kernel: 3, name: 'five' }) }
  })
  const ofThrees = padChannels(4, ({ inputs: { weight } }) => weight.type.shape[2] === 3)
  const { graph: after } = applied(t, ofThrees, graph)
  t.equal(
    text(after),
    `x                                             [1, 4, 8, 8]
%1 = conv(x, .weight, .bias, 3x3, padding 1)  [1, 3, 8, 8]  three
%2 = relu(%1)                                 [1, 3, 8, 8]  0
%3 = conv(%2, $1, 1x1)                        [1, 8, 8, 8]  six
%4 = conv(%3, $2, 3x3, padding 1)             [1, 5, 8, 8]  five
y = %4
$1 = pad(.weight, 0 + 2, axis 0)  [8, 3, 1, 1]  six.weight
$2 = pad(.weight, 0 + 2)          [5, 8, 3, 3]  five.weight`,
  )
  t.equal(padChannels(4, () => false).run(graph).graph, graph)
  t.end()
})

/** One number of a feature's channels is what a gate is made of. */
const gated = (x: Feature<3, 1>) => multiply(x, sigmoid(globalPool(x)))

const pads: Readonly<Record<string, (x: Feature<4, 1>) => Outputs>> = {
  'sums, and activations that keep zeros': (x) => {
    const a = three(x)
    return { y: six(add(tanh(a), conv(relu(a), 3, { kernel: 1 }))) }
  },
  'norms, pooling and resizes, by a factor and to a size': (x) => {
    const a = batchNorm(three(x))
    const half = maxPool(a, { kernel: 3, stride: 2 })
    const back = resize(half, a, { mode: 'bilinear' })
    const twice = resize(averagePool(a, { kernel: 2, stride: 2 }), 1, { mode: 'nearest' })
    return { y: six(add(a, back, twice)) }
  },
  'depthwise and transposed convolutions': (x) => {
    const deep = conv(three(x), 3, { kernel: 3, groups: 3, bias: true })
    const half = conv(deep, 6, { kernel: 3, stride: 2 })
    return { y: convTranspose(half, 5, { kernel: 2, stride: 2, bias: true }) }
  },
  'vectors and linear layers': (x) => ({ y: linear(globalPool(three(x)), 5) }),
  'a gate, whose sigmoid meets zeros': (x) => ({ y: six(gated(three(x))) }),
  'a sigmoid that layers read': (x) => ({
    y: six(sigmoid(three(x))),
    z: sigmoid(six(x, 'another')),
  }),
  'constants for each channel': (x) => {
    const shifted = add(three(x), parameter('shift', [1, 3, 1, 1]))
    return { y: six(multiply(shifted, parameter('scale', [3, 1, 1]), parameter('one', [1]))) }
  },
  'constants of one channel, for the one there is and for all': (x) => {
    const one = conv(x, 1, { kernel: 1, name: 'only' })
    const shifted = add(one, parameter('shift', [1, 1, 1, 1]))
    const scaled = multiply(three(x), parameter('all', [1, 1, 1, 1]), parameter('one', [1]))
    return {
      y: conv(multiply(shifted, parameter('own', [1, 1, 1])), 4, { kernel: 1 }),
      z: six(scaled),
    }
  },
  'a factor computed from the input, of one number': (x) => ({
    y: six(multiply(three(x), tensor(x, [1]))),
  }),
  'concats of concats, and what is added to one': (x) => {
    const a = three(x)
    const inner = concat(six(a), a)
    const b = conv(x, 9, { kernel: 1, name: 'nine' })
    return { y: conv(concat(add(inner, b), a), 5, { kernel: 1 }), z: inner }
  },
  'a concat of one part, added to it': (x) => {
    const a = three(x)
    return { y: six(add(a, stateWidth(concat(a), 3))) }
  },
  'weights that two layers share': (x) => {
    const once = shared('layer', () => three(x))
    return {
      y: six(
        add(
          once,
          shared('layer', () => three(relu(x))),
        ),
      ),
    }
  },
}

t.test('padding never changes a value, and stays zero but where a sigmoid is', (t) => {
  for (const [name, body] of Object.entries(pads)) {
    const graph = small(body)
    const rewriting = applied(t, padChannels(4), graph)
    t.same(rewriting.declined, [], name)
    for (const { before, after } of rewriting.firings) {
      const [old, now] = [before, after].map((each) => new Set(reachedFrom([each])))
      const values = valuesOf([before, after], (node) => !!old?.has(node) && !!now?.has(node))
      const [a, b] = [values.get(before), values.get(after)] as [Float64Array, Float64Array]
      t.ok(
        relative(a, b) <= 1e-14,
        `${name}: ${before.kind}, over anything that may stand in padding`,
      )
    }
    const splits = rewriting.firings.flatMap(({ after }) => splitBehind(after))
    t.ok(splits.length > 0, name)
    const values = valuesOf(splits, () => false)
    for (const of of splits) {
      const { input } = of.inputs
      t.equal((input.type.shape[1] as number) % 4, 0, name)
      for (const [index] of of.type.entries()) {
        if (index % 2 === 0) continue
        const padding = make('result', { of }, { index }, of.origin)
        const numbers = [...interpretNode(padding, readingOf(values))]
        const from = input.kind === 'reshape' ? input.inputs.input : input
        const half = from.kind === 'activation' && from.attributes.function.name === 'sigmoid'
        t.ok(
          numbers.every((n) => n === (half ? 0.5 : 0)),
          `${name}: ${input.kind}`,
        )
      }
    }
  }
  t.end()
})

/** The split that cuts padding off. */
function splitBehind(node: Node): readonly NodeOf<'split'>[] {
  const first = node.kind === 'concat' ? node.inputs.parts[0] : node
  return first?.kind === 'result' && first.inputs.of.kind === 'split' ? [first.inputs.of] : []
}

/** The values of some nodes, those that are given, inputs and parameters being drawn. */
function valuesOf(
  roots: readonly Node[],
  given: (node: Node) => boolean,
): ReadonlyMap<Node, Float64Array> {
  const values = new Map<Node, Float64Array>()
  for (const [i, node] of interpretationOrder(roots).entries())
    values.set(node, given(node) ? numbers(`${i}`, node) : interpretNode(node, readingOf(values)))
  return values
}

function readingOf(values: ReadonlyMap<Node, Float64Array>): Reading {
  const drawn = (node: Node & { attributes: { name: string } }): Float64Array =>
    numbers(node.attributes.name, node)
  return { of: (node) => values.get(node) as Float64Array, input: drawn, parameter: drawn }
}

function numbers(name: string, { type }: Node): Float64Array {
  const count = [type].flat().reduce((sum, { shape }) => sum + (elementCount(shape) as number), 0)
  return Float64Array.from(drawn(between(0.1, 1), count, 0, name))
}

const stays: Readonly<Record<string, readonly [(x: Feature<4, 1>) => Outputs, string[]]>> = {
  'a multiple already': [(x) => ({ y: conv(relu(x), 8, { kernel: 3 }) }), []],
  'what no layer reads or makes': [(x) => ({ y: relu(split(x, [1, 3])[1]) }), []],
  'groups that are not single channels': [
    (x) => ({ y: conv(conv(x, 6, { kernel: 1, groups: 2, name: 'two' }), 4, { kernel: 1 }) }),
    ['two: it is a conv of 2 groups, which would become others: padding cannot come of it'],
  ],
  'a part of a split': [
    (x) => ({ y: conv(odd(x), 4, { kernel: 1 }) }),
    ['split: it is a result of a split: padding cannot come of it'],
  ],
  'what is added to such a part': [
    (x) => ({ y: conv(add(relu(odd(x)), conv(x, 3, { kernel: 1 })), 4, { kernel: 1 }) }),
    ['split: it is a result of a split: padding cannot come of it'],
  ],
  'a sum with one number for all channels': [
    (x) => ({ y: conv(add(odd(x), parameter('one', [1])), 4, { kernel: 1 }) }),
    ['add: it adds one number to all channels: padding cannot come of it'],
  ],
  'one channel to which a number for all is added': [
    (x) => {
      const one = split(conv(x, 4, { kernel: 1 }), [1, 3])[0]
      return { y: conv(add(one, parameter('number', [1])), 4, { kernel: 1, name: 'last' }) }
    },
    ['add: it adds one number to all channels: padding cannot come of it'],
  ],
  'numbers without a batch that are computed': [
    (x) => ({ y: conv(add(odd(x), tensor(x, [3, 1, 1])), 4, { kernel: 1 }) }),
    [
      'add: identity tensor, which it reads, has no axis before its channels: padding cannot come of it',
    ],
  ],
  'a sigmoid that is added': [
    (x) => {
      const half = (name: string) => sigmoid(odd(x, name), { name: 'half' })
      return { y: conv(add(half('a'), half('b')), 4, { kernel: 1 }) }
    },
    ['half: sigmoid of zeros is not zero, and add add reads it: padding cannot come of it'],
  ],
  'a sigmoid that multiplies itself': [
    (x) => {
      const half = sigmoid(odd(x), { name: 'half' })
      return { y: conv(multiply(half, half), 4, { kernel: 1 }) }
    },
    [
      'half: sigmoid of zeros is not zero, and multiply multiply reads it: padding cannot come of it',
    ],
  ],
}

/** Numbers of some sides that are computed as the network runs. */
function tensor({ trace }: Feature<4, 1>, sides: readonly number[]): Tensor {
  const input = parameter('numbers', sides).value
  return new Tensor(make('identity', { input }, {}, functionOrigin('tensor')), trace)
}

/** Three channels that cannot be more. */
function odd(x: Feature<4, 1>, name = 'four'): Feature<3, 1> {
  return split(conv(x, 4, { kernel: 1, name }), [1, 3])[1]
}

t.test('it stays where no padding can come of it', (t) => {
  for (const [name, [body, reasons]] of Object.entries(stays)) {
    const graph = small(body)
    const { graph: after, declined } = applied(t, padChannels(4), graph)
    t.equal(after, graph, name)
    t.same(
      declined.map(({ path, reason }) => `${path}: ${reason}`),
      reasons,
      name,
    )
  }
  t.end()
})

t.test('what is added to numbers without a batch is cut before', (t) => {
  const graph = small((x) => ({ y: six(relu(add(three(x), tensor(x, [3, 1, 1])))) }))
  const { graph: after } = applied(t, padChannels(4), graph)
  t.match(text(after), /= add\(%2\.0, %3\) +\[1, 3, 8, 8\]/)
  t.end()
})

t.test('two concats of which parts end in other places are not added padded', (t) => {
  const graph = small((x) => {
    const [a, b] = [three(x), conv(x, 4, { kernel: 1, name: 'four' })]
    return { y: conv(add(concat(a, b), concat(b, a)), 4, { kernel: 1 }) }
  })
  const { declined } = applied(t, padChannels(4), graph)
  t.same(declined, [
    { path: 'concat', reason: 'its parts are padded elsewhere than those of concat' },
  ])
  t.end()
})

t.test(
  'by costs, it pads to what the network costs least with, or declines with both numbers',
  (t) => {
    const graph = small((x) => ({ y: conv(relu(three(x)), 8, { kernel: 1 }) }))
    /** As by kernels that compute in blocks, in no less time for a part of one. */
    const costs = (block: number, pad: number): Costs => ({
      source: 'made up',
      unit: 'ns',
      misfit: 0,
      of: (node) => {
        if (node.kind === 'split') return pad
        if (node.kind !== 'conv') return 0
        const width = node.type.shape[1] as number
        return width % block === 0 ? width : 10 * width
      },
    })
    for (const [block, width] of [
      [4, 4],
      [8, 8],
    ] as const) {
      const { graph: after } = applied(t, padChannels(costs(block, 1000)), graph)
      t.match(text(after), new RegExp(`relu\\(.*\\[1, ${width}, 8, 8\\]`))
    }
    const dear = padChannels(costs(1, 0)).run(graph)
    t.equal(dear.graph, graph)
    t.same(dear.declined, [{ path: 'small', reason: 'it costs 11 ns as it stands, 12 ns so' }])
    const [body, reasons] = stays['a part of a split'] as (typeof stays)[string]
    for (const other of [body, (x: Feature<4, 1>) => ({ ...body(x), z: three(x) })]) {
      const { declined } = padChannels(costs(1, 0)).run(small(other))
      const told = declined.map(({ path, reason }) => `${path}: ${reason}`)
      t.same(told.slice(0, 1), reasons, 'whether or not something else can be padded')
    }
    t.end()
  },
)

t.test('ONNX Runtime computes the same of it', async (t) => {
  const net = model('net', image(3, { size: [8, 8] }), (x) => {
    const a = relu(conv(x, 5, { kernel: 3, bias: true }))
    const b = resize(conv(a, 6, { kernel: 3, stride: 2 }), 1, { mode: 'bilinear' })
    return { y: conv(concat(a, b), 7, { kernel: 1, bias: true }) }
  })
  const { ok, outputs } = await verify(net, { passes: [padChannels(4)] })
  t.ok(ok, JSON.stringify(outputs))
})
