import t from 'tap'
import type { Graph } from '../src/compiler/graph.js'
import { computed, make } from '../src/compiler/make.js'
import { isConstant, isValue, type Node, operandsOf } from '../src/compiler/node.js'
import type { Pass } from '../src/compiler/rewrite.js'
import {
  add,
  batchNorm,
  concat,
  conv,
  convTranspose,
  globalPool,
  leakyRelu,
  linear,
  multiply,
  parameter,
  relu,
  relu6,
  resize,
  scope,
  split,
  tanh,
} from '../src/index.js'
import { foldBatchNorm } from '../src/passes/fold-batch-norm.js'
import { foldConstants } from '../src/passes/fold-constants.js'
import { removeIdentities } from '../src/passes/remove-identities.js'
import { shareCommon } from '../src/passes/share-common.js'
import { proveStep } from '../src/proof/step.js'
import { answering, deriving, filled, ruled } from './support/mutants.js'
import { small } from './support/passes.js'

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
      return { steep: relu(steep, { name: 'after_leaky' }), whole: concat(a, b), clamped }
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

for (const { pass, network, mutants } of entries)
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
