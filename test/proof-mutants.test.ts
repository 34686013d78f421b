import t from 'tap'
import { compile } from '../src/compile.js'
import type { Costs } from '../src/compiler/costs.js'
import { type Graph, nodesOf, operationsOf } from '../src/compiler/graph.js'
import { computed, make } from '../src/compiler/make.js'
import { isConstant, isValue, type Node, operandsOf, type Value } from '../src/compiler/node.js'
import type { Pass } from '../src/compiler/rewrite.js'
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
  leakyRelu,
  linear,
  maxPool,
  model,
  multiply,
  parameter,
  relu,
  relu6,
  resize,
  type Stride,
  scope,
  split,
  tanh,
  upsampleConcat,
} from '../src/index.js'
import { zooModel } from '../src/models/zoo.js'
import { broadcastUpsampled } from '../src/passes/broadcast-upsampled.js'
import { chunkHead } from '../src/passes/chunk-head.js'
import { foldBatchNorm } from '../src/passes/fold-batch-norm.js'
import { foldChannelwise } from '../src/passes/fold-channelwise.js'
import { foldConstants } from '../src/passes/fold-constants.js'
import { fuseConvolutions } from '../src/passes/fuse-convolutions.js'
import { gatherBiases } from '../src/passes/gather-biases.js'
import { hoistChannelwise } from '../src/passes/hoist-channelwise.js'
import { hoistPointwise } from '../src/passes/hoist-pointwise.js'
import { joinHead } from '../src/passes/join-head.js'
import { mergeResizes } from '../src/passes/merge-resizes.js'
import { mergeSiblings } from '../src/passes/merge-siblings.js'
import { narrowToFloat16 } from '../src/passes/narrow-to-float16.js'
import { orderNodes } from '../src/passes/order-nodes.js'
import { orderSums } from '../src/passes/order-sums.js'
import { padChannels } from '../src/passes/pad-channels.js'
import { quantize } from '../src/passes/quantize.js'
import { removeIdentities } from '../src/passes/remove-identities.js'
import { shareCommon } from '../src/passes/share-common.js'
import { splitHead } from '../src/passes/split-head.js'
import { splitResizes } from '../src/passes/split-resizes.js'
import { splitSiblings } from '../src/passes/split-siblings.js'
import { sumBeforeResize } from '../src/passes/sum-before-resize.js'
import { proveStep } from '../src/proof/step.js'
import { everyPass } from '../src/targets/named.js'
import { macs } from './support/costs.js'
import {
  answering,
  deriving,
  editing,
  filled,
  otherMode,
  otherPart,
  reversed,
  ruled,
  sumOfOne,
  withoutBias,
} from './support/mutants.js'
import { sized, small } from './support/passes.js'

/** A pass, a network on which its equations fire, and what goes wrong where an equation is another. */
interface Entry {
  readonly pass: Pass
  readonly network: Graph
  /** Wrong passes by what each gets wrong, with the first place where it is found. */
  readonly mutants: Readonly<Record<string, readonly [at: string, pass: Pass]>>
}

const entries: readonly Entry[] = [
  {
    pass: removeIdentities,
    network: small((x) => {
      const [a, b] = split(x, [2, 2])
      const swapped = scope('swapped', () => concat(b, a))
      const steep = leakyRelu(x)
      const sharp = scope('sharp', () => resize(swapped, 1, { mode: 'bilinear' }))
      const clamped = relu(relu6(sharp), { name: 'clamped' })
      const flat = relu6(relu(x, { name: 'rectified' }), { name: 'flat' })
      return { steep: relu(steep, { name: 'after_leaky' }), whole: concat(a, b), clamped, flat }
    }),
    mutants: {
      'takes leakyRelu for relu': [
        'after_leaky',
        ruled(removeIdentities, (node) =>
          node.kind === 'activation' && node.inputs.input.kind === 'activation'
            ? node.inputs.input
            : undefined,
        ),
      ],
      'takes relu6 for relu': [
        'flat',
        ruled(removeIdentities, (node) => {
          const input = node.kind === 'activation' ? node.inputs.input : undefined
          return input?.kind === 'activation' && input.origin.path === 'rectified'
            ? input
            : undefined
        }),
      ],
      'puts parts together in any order': [
        'swapped.concat',
        ruled(removeIdentities, (node) => {
          const [first] = node.kind === 'concat' ? node.inputs.parts : []
          if (first?.kind !== 'result' || first.inputs.of.kind !== 'split') return undefined
          return first.inputs.of.inputs.input
        }),
      ],
      'clamps where nothing did': [
        'concat',
        answering(removeIdentities, (after) =>
          isValue(after)
            ? make('activation', { input: after }, { function: { name: 'relu6' } }, after.origin)
            : undefined,
        ),
      ],
    },
  },
  {
    pass: foldConstants,
    network: small((x) => {
      const [a, b] = [parameter('a', [4, 1, 1]), parameter('b', [1])]
      return { y: multiply(x, relu(a, { name: 'kept' })), z: add(x, b) }
    }),
    mutants: {
      'computes another function': [
        'kept',
        answering(foldConstants, (after) => {
          const [from] = operandsOf(after)
          if (!from || !isConstant(from)) return undefined
          const fn = { name: 'leakyRelu', slope: 0.01 } as const
          return computed(
            make('activation', { input: from }, { function: fn }, after.origin),
            after.origin,
          )
        }),
      ],
      'takes what it reads for what it computes': [
        'kept',
        answering(foldConstants, (after) => operandsOf(after)[0]),
      ],
    },
  },
  {
    pass: shareCommon,
    network: small((x) => {
      const slow = leakyRelu(tanh(x), { slope: 0.1 })
      const fast = leakyRelu(tanh(x), { slope: 0.2, name: 'steeper' })
      const products = [multiply(slow, x), scope('other', () => multiply(fast, x))] as const
      return { y: add(...products) }
    }),
    mutants: {
      'overlooks attributes': [
        'steeper',
        ruled(
          shareCommon,
          firstOf((node) => [node.kind, ...operandsOf(node)]),
        ),
      ],
      'overlooks what is read second': [
        'other.multiply',
        ruled(
          shareCommon,
          firstOf((node) => (node.kind === 'multiply' ? [node.kind, operandsOf(node)[1]] : [node])),
        ),
      ],
    },
  },
  {
    pass: foldBatchNorm,
    network: small((x) => {
      const plain = batchNorm(conv(x, 4, { kernel: 3, stride: 2 }), { name: 'plain' })
      const biased = batchNorm(conv(relu(plain), 4, { kernel: 1, bias: true }), { name: 'biased' })
      const up = convTranspose(relu(biased), 4, { kernel: 2, stride: 2, groups: 2 })
      const norm = batchNorm(relu(batchNorm(up, { name: 'transposed' })))
      const valid = conv(norm, 4, { kernel: 2, stride: 2, groups: 2, name: 'before' })
      const scaled = multiply(relu(valid), parameter('factor', [4, 1, 1]))
      const after = conv(scaled, 4, { kernel: 3, name: 'scaled' })
      return { y: linear(batchNorm(globalPool(relu(after))), 4, { name: 'head' }) }
    }, 2),
    mutants: {
      'forgets the mean': [
        'plain',
        deriving(foldBatchNorm, 'normOffset', (_, [shift, mean, ...rest]) => ({
          from: [shift, mean && filled(mean, 0), ...rest].filter((each) => each !== undefined),
        })),
      ],
      'forgets the bias of what is before': [
        'biased',
        deriving(foldBatchNorm, 'normOffset', (_, from) => ({ from: from.slice(0, 3) })),
      ],
      'forgets the bias of what is behind': [
        'head',
        deriving(foldBatchNorm, 'throughWeight', (_, from) => ({ from: from.slice(0, 2) })),
      ],
      'forgets the offset': [
        'plain',
        answering(foldBatchNorm, (after) =>
          after.kind === 'conv'
            ? make('conv', { ...after.inputs, bias: undefined }, after.attributes, after.origin)
            : undefined,
        ),
      ],
      'takes another epsilon': [
        'plain',
        deriving(foldBatchNorm, 'normFactor', ({ rule, epsilon }) => ({
          derivation: { rule, epsilon: epsilon * 1.001 },
        })),
      ],
      'scales along the other axis': [
        'plain',
        deriving(foldBatchNorm, 'scaleChannels', ({ rule, axis, groups }) => ({
          derivation: { rule, axis: axis === 0 ? 1 : 0, groups: axis === 0 ? 1 : groups },
        })),
      ],
      'takes the variance for the scale': [
        'plain',
        deriving(foldBatchNorm, 'normFactor', (_, [scale]) => ({
          from: [scale, scale].filter((each) => each !== undefined),
        })),
      ],
    },
  },
]

/** What a node costs by its kind, so that passes fire. */
function costing(of: Costs['of']): Costs {
  return { source: 'the test', unit: 'MACs', misfit: 0, of }
}

const nearest = { mode: 'nearest' } as const
const bilinear = { mode: 'bilinear' } as const
const half = (x: Feature<4, 1>) => maxPool(x, { kernel: 2, stride: 2, name: 'half' })
const quarter = (x: Feature<4, 1>) => maxPool(half(x), { kernel: 2, stride: 2, name: 'quarter' })
const layer = <S extends Stride>(x: Feature<number, S>, name: string): Feature<4, S> =>
  conv(x, 4, { kernel: 1, bias: true, name })

const moved: readonly Entry[] = [
  {
    pass: hoistChannelwise,
    network: small((x) => {
      const up = resize(half(x), x, bilinear)
      const shifted = scope('shifted', () => add(up, parameter('shift', [4, 1, 1])))
      const joined = concat(resize(half(relu(shifted)), x, nearest), resize(half(x), x, nearest))
      return { y: multiply(joined, parameter('factor', [8, 1, 1])) }
    }),
    mutants: {
      'adds before and behind': ['shifted.add', editing(hoistChannelwise, sumOfOne)],
      'takes the factors of other channels': ['multiply', editing(hoistChannelwise, otherPart)],
    },
  },
  {
    pass: foldChannelwise,
    network: small((x) => {
      const factor = parameter('factor', [4, 1, 1])
      const scaled = scope('scaled', () => multiply(layer(x, 'layer'), factor))
      return { y: add(layer(relu(scaled), 'other'), parameter('shift', [4, 1, 1])) }
    }),
    mutants: {
      'leaves the bias as it is': ['scaled.multiply', editing(foldChannelwise, withoutBias)],
    },
  },
  {
    pass: hoistPointwise(macs),
    network: small((x) => {
      const up = resize(half(x), x, bilinear)
      const wide = conv(up, 4, { kernel: 1, bias: true, name: 'wide' })
      return { y: averagePool(layer(relu(wide), 'narrow'), { kernel: 2, stride: 2 }) }
    }),
    mutants: {
      'forgets the bias': ['wide', editing(hoistPointwise(macs), withoutBias)],
      'resizes in another mode': ['wide', editing(hoistPointwise(macs), otherMode)],
    },
  },
  {
    pass: splitHead(macs),
    network: small((x) => ({
      y: conv(upsampleConcat([x, half(x), quarter(x)]), 2, {
        kernel: 1,
        bias: true,
        name: 'head',
      }),
    })),
    mutants: {
      'forgets the bias': ['head', editing(splitHead(macs), withoutBias)],
      'takes the columns of other channels': ['head', editing(splitHead(macs), otherPart)],
      'adds one term twice': ['head', editing(splitHead(macs), sumOfOne)],
    },
  },
  {
    pass: joinHead(costing(({ kind }) => Number(kind === 'add'))),
    network: small((x) => ({ y: add(layer(x, 'one'), layer(relu(x), 'other')) })),
    mutants: {
      'puts what it reads in another order than the weights': [
        'add',
        editing(joinHead(costing(({ kind }) => Number(kind === 'add'))), (node) =>
          node.kind === 'concat' && node.inputs.parts.some(isConstant) ? undefined : reversed(node),
        ),
      ],
      'takes one bias twice': [
        'add',
        editing(joinHead(costing(({ kind }) => Number(kind === 'add'))), sumOfOne),
      ],
    },
  },
  {
    pass: chunkHead,
    network: sized(
      model('chunks', image(4, { name: 'x' }), (x) => {
        const hidden = relu(conv(x, 64, { kernel: 1, bias: true, name: 'hidden' }))
        return { y: conv(hidden, 2, { kernel: 1, bias: true, name: 'head' }) }
      }),
      8,
      8,
    ),
    mutants: {
      'puts the bias nowhere': ['head', editing(chunkHead, withoutBias)],
      'computes one chunk twice': ['head', editing(chunkHead, otherPart)],
    },
  },
]

const resized: readonly Entry[] = [
  {
    pass: mergeResizes,
    network: small((x) => ({ y: resize(resize(quarter(x), 2, nearest), 1, nearest) })),
    mutants: {
      'merges bilinear resizes': ['resize', editing(mergeResizes, otherMode)],
    },
  },
  {
    pass: splitResizes(costing((node) => (node.kind === 'resize' ? node.attributes.times : 0))),
    network: small((x) => {
      const coarse = quarter(x)
      return { half: resize(coarse, 2, nearest), whole: resize(coarse, 1, nearest) }
    }),
    mutants: {
      'splits into other factors': [
        'resize',
        editing(
          splitResizes(costing((node) => (node.kind === 'resize' ? node.attributes.times : 0))),
          otherMode,
        ),
      ],
    },
  },
  {
    pass: broadcastUpsampled(costing(({ kind }) => Number(kind === 'resize'))),
    network: small((x) => ({ y: add(x, resize(half(x), 1, nearest)) })),
    mutants: {
      'adds the other map twice': [
        'add',
        editing(broadcastUpsampled(costing(({ kind }) => Number(kind === 'resize'))), (node) =>
          node.kind === 'add'
            ? make('add', { left: node.inputs.right, right: node.inputs.right }, {}, node.origin)
            : undefined,
        ),
      ],
    },
  },
  {
    pass: sumBeforeResize,
    network: small((x) => {
      return { y: add(resize(quarter(x), 1, nearest), x, resize(half(x), 1, nearest)) }
    }),
    mutants: {
      'takes bilinear resizes too': ['add', editing(sumBeforeResize, otherMode)],
      'adds one map twice': ['add', editing(sumBeforeResize, sumOfOne)],
    },
  },
]

const summed: readonly Entry[] = [
  {
    pass: orderSums,
    network: small((x) => ({ y: add(layer(x, 'one'), relu(x), tanh(x)) })),
    mutants: {
      'loses a term': ['add', editing(orderSums, sumOfOne)],
    },
  },
  {
    pass: fuseConvolutions,
    network: small((x) => ({
      y: relu(add(x, layer(x, 'one')), { name: 'end' }),
      z: tanh(layer(x, 'other'), { name: 'tanh' }),
    })),
    mutants: {
      'forgets the sum': [
        'end',
        editing(fuseConvolutions, (node) =>
          node.kind === 'fusedConv'
            ? make('fusedConv', { ...node.inputs, addend: undefined }, node.attributes, node.origin)
            : undefined,
        ),
      ],
      'takes any activation for a ReLU': [
        'tanh',
        ruled(fuseConvolutions, (node) =>
          node.kind === 'activation' && node.inputs.input.kind === 'conv'
            ? make('fusedConv', node.inputs.input.inputs, node.inputs.input.attributes, node.origin)
            : undefined,
        ),
      ],
    },
  },
  {
    pass: gatherBiases,
    network: small((x) => ({
      y: add(layer(x, 'one'), resize(layer(half(x), 'other'), x, bilinear)),
    })),
    mutants: {
      'forgets one': [
        'add',
        editing(gatherBiases, (node) => (isConstant(node) ? undefined : withoutBias(node))),
      ],
      'takes one twice': [
        'add',
        editing(gatherBiases, (node) =>
          node.kind === 'add' && isConstant(node.inputs.left) ? sumOfOne(node) : undefined,
        ),
      ],
    },
  },
  {
    pass: mergeSiblings(costing(({ kind }) => Number(kind === 'conv'))),
    network: small((x) => ({ a: layer(x, 'a'), b: relu(layer(x, 'b')) })),
    mutants: {
      'takes the channels of the other': [
        'a',
        editing(mergeSiblings(costing(({ kind }) => Number(kind === 'conv'))), otherPart),
      ],
      'forgets the biases': [
        'a',
        editing(mergeSiblings(costing(({ kind }) => Number(kind === 'conv'))), withoutBias),
      ],
    },
  },
  {
    pass: splitSiblings(costing(({ kind }) => Number(kind === 'split'))),
    network: small((x) => {
      const [a, b] = split(conv(x, 4, { kernel: 1, bias: true, name: 'both' }), [2, 2])
      return { a, b: relu(b) }
    }),
    mutants: {
      'takes the rows of the other': [
        'split',
        editing(splitSiblings(costing(({ kind }) => Number(kind === 'split'))), otherPart),
      ],
    },
  },
  {
    pass: padChannels(4),
    network: small((x) => {
      const a = relu(conv(x, 3, { kernel: 3, bias: true, name: 'three' }))
      return { y: conv(a, 4, { kernel: 1, bias: true, name: 'four' }) }
    }),
    mutants: {
      'pads rows on the other side': ['three', editing(padChannels(4), padsBefore(0))],
      'pads columns on the other side': ['four', editing(padChannels(4), padsBefore(1))],
    },
  },
]

/** Zeros before the channels of a weight, and not behind them. */
function padsBefore(along: number): (node: Node) => Node | undefined {
  return (node) => {
    if (node.kind !== 'pad' || node.attributes.axis !== along) return undefined
    const { axis, before, after } = node.attributes
    return make('pad', node.inputs, { axis, before: after, after: before }, node.origin)
  }
}

const toNarrow = small((x) => {
  const first = relu(conv(x, 4, { kernel: 3, bias: true, name: 'first' }))
  return { y: add(layer(first, 'second'), first) }
})
const eightBits = quantize(
  new Map(nodesOf(toNarrow).map((node) => [node as Value, { least: -2, most: 2 }])),
)

const narrow: readonly Entry[] = [
  {
    pass: narrowToFloat16,
    network: toNarrow,
    mutants: {
      'forgets the bias': ['first', editing(narrowToFloat16, withoutBias)],
      'adds one map twice': ['add', editing(narrowToFloat16, sumOfOne)],
    },
  },
  {
    pass: eightBits,
    network: toNarrow,
    mutants: {
      'forgets the bias': ['first', editing(eightBits, withoutBias)],
      'clamps nothing': [
        '0',
        {
          ...eightBits,
          run: (graph) => {
            const rewriting = eightBits.run(graph)
            const firings = rewriting.firings.map(({ before, after }) => {
              return { before, after: before.kind === 'activation' ? before.inputs.input : after }
            })
            return { ...rewriting, firings }
          },
        },
      ],
      'takes another scale on the way back': [
        'first',
        editing(eightBits, (node) => {
          const { scale } = node.kind === 'dequantize' ? node.inputs : {}
          const derivation = scale?.kind === 'derived' ? scale.attributes.derivation : undefined
          if (node.kind !== 'dequantize' || !scale || derivation?.rule !== 'literal')
            return undefined
          const twice = filled(scale, 2 * (derivation.numbers[0] as number))
          return make('dequantize', { ...node.inputs, scale: twice }, node.attributes, node.origin)
        }),
      ],
    },
  },
]

/** Of nodes with equal keys, the first that it was asked about. */
function firstOf(key: (node: Node) => readonly unknown[]): (node: Node) => Node {
  const met: { readonly key: readonly unknown[]; readonly node: Node }[] = []
  return (node) => {
    const own = key(node)
    const known = met.find(
      (each) => each.key.length === own.length && each.key.every((part, i) => part === own[i]),
    )
    if (known) return known.node
    met.push({ key: own, node })
    return node
  }
}

for (const { pass, network, mutants } of [...entries, ...moved, ...resized, ...summed, ...narrow])
  t.test(
    `${pass.name} is proved, and every mutant of it is caught where it is wrong`,
    async (t) => {
      const { firings } = pass.run(network)
      t.ok(firings.length > 0, 'it fires')
      const { failed, worst } = proveStep({ pass, firings }, { seed: 1 })
      t.same(failed, [], 'the pass is proved')
      t.ok((worst?.ratio ?? 2) <= 1)
      for (const [what, [at, mutant]] of Object.entries(mutants)) {
        const proof = proveStep({ pass: mutant, firings: mutant.run(network).firings }, { seed: 1 })
        t.equal(proof.name, pass.name)
        t.equal(proof.failed[0]?.path, at, `${pass.name}: one that ${what}`)
        t.match(proof.failed[0]?.note, /^they differ by/)
      }
    },
  )

t.test('every pass has mutants', (t) => {
  const here = [...entries, ...moved, ...resized, ...summed, ...narrow].map(({ pass }) => pass.name)
  const all = [...everyPass(macs).map(({ name }) => name), 'narrow-to-float16', 'quantize']
  // What changes the order alone has no firing: any order that is none is refused.
  t.same([...here, 'order-nodes'].sort(), all.sort())
  const backwards: Pass = {
    ...orderNodes(),
    run: (graph) => {
      const rewriting = orderNodes().run(graph)
      return { ...rewriting, graph: { ...graph, order: operationsOf(graph).toReversed() } }
    },
  }
  t.throws(() => compile(zooModel('hrnet-w1-trunk'), { passes: [backwards] }), {
    message: /^pass order-nodes failed/,
  })
  t.end()
})
