import t from 'tap'
import { nodesOf } from '../src/compiler/graph.js'
import { sizeOf } from '../src/compiler/interpret/reading.js'
import { interpretationOrder, interpretNode, readBy } from '../src/compiler/interpret.js'
import { computed, make } from '../src/compiler/make.js'
import {
  type Constant,
  type Derivation,
  type Node,
  operandsOf,
  type Value,
} from '../src/compiler/node.js'
import { typing } from '../src/compiler/shape.js'
import { type Bounding, boundOf } from '../src/proof/bound.js'
import { stream } from '../src/proof/feed.js'
import { everyChoice } from './support/every-choice.js'
import { everyOwnKind } from './support/every-kind.js'
import { sized } from './support/passes.js'

const origin = { path: 'made', place: undefined }
const input = (...shape: number[]): Value =>
  make('input', {}, { name: 'x', type: { element: 'float32', shape } }, origin)
const parameter = (name: string, ...shape: number[]): Constant =>
  make('parameter', {}, { name, shape, role: 'free' }, origin)
const literal = (element: 'float32' | 'uint8', number: number): Constant => {
  const derivation = { rule: 'literal', element, shape: [], numbers: [number] } as const
  return make('derived', { from: [] }, { derivation }, origin)
}
const derived = (derivation: Derivation, ...from: Constant[]): Constant =>
  make('derived', { from }, { derivation }, origin)

/** A line of numbers, weights for their sum, and its bias. */
const [x, w, b] = [input(1, 300), parameter('w', 1, 300), parameter('b', 1)]

/** Every kind of node, and every derivation. */
function everyNode(): readonly Node[] {
  const map = input(1, 4, 3, 3)
  const weight = parameter('w', 4, 2, 3, 3)
  const [scale, zero] = [literal('float32', 0.01), literal('uint8', 128)]
  const q = make('quantize', { input: map, scale, zero }, { axis: 0, to: 'uint8' }, origin)
  const half = make('cast', { input: map }, { to: 'float16' }, origin)
  const variance = { name: 'v', shape: [4], role: 'normVariance' } as const
  const norm = [parameter('s', 4), make('parameter', {}, variance, origin)]
  const factor = derived({ rule: 'normFactor', epsilon: 0.01 }, ...norm)
  const own = [
    make('dequantize', { input: q, scale, zero }, { axis: 0 }, origin),
    half,
    make('pad', { input: map }, { axis: 1, before: 1, after: 2 }, origin),
    factor,
    derived({ rule: 'normOffset' }, parameter('shift', 4), parameter('mean', 4), factor),
    computed(make('add', { left: factor, right: factor }, {}, origin), origin),
    derived({ rule: 'channelScale', axis: 0, steps: 127, reach: 1 }, weight),
    derived({ rule: 'throughWeight', groups: 2 }, weight, parameter('o', 4), parameter('b', 4)),
    derived({ rule: 'scaleChannels', axis: 1, groups: 2 }, weight, parameter('f', 4)),
  ]
  return interpretationOrder([
    ...nodesOf(sized(everyOwnKind, 7, 12)),
    ...nodesOf(sized(everyChoice, 7, 12)),
    ...own,
  ])
}

/** What a variance is drawn as is above 0, and so is a scale. */
const isPositive = (node: Node): boolean =>
  node.kind === 'parameter' && node.attributes.role === 'normVariance'

/** What has a bound of its own: a kind, a function, a rule. */
function nameOf({ kind, attributes }: Node): string {
  if ('derivation' in attributes) return attributes.derivation.rule
  return 'function' in attributes ? attributes.function.name : kind
}

/** What is exact, or a whole step: no bound to come near. */
const stepping: ReadonlySet<string> = new Set([
  'literal',
  'anchors',
  'wholeDivide',
  'nonMaxSuppression',
])

t.test(
  'what operands are off by brings no kind of node further than its bound, and near it',
  async (t) => {
    const next = stream(11, 0)
    const values = new Map<Node, Float64Array>()
    const nearest = new Map<string, number>()
    const read = (of: (node: Node) => Float64Array, node: Node): Float64Array =>
      interpretNode(node, { of, input: of, parameter: of })
    for (const node of everyNode()) {
      if (node.kind === 'input' || node.kind === 'parameter') {
        const draw = isPositive(node) ? () => 0.2 + next() : () => 8 * next() - 4
        values.set(node, Float64Array.from({ length: sizeOf(node.type) }, draw))
        continue
      }
      const exact = read((operand) => values.get(operand) as Float64Array, node)
      values.set(node, exact)
      const name = nameOf(node)
      // Whole numbers, as a quantized value and its zero are, are exact; of boxes that are not, nothing is known.
      const isOff = (operand: Node): boolean =>
        name !== 'literal' &&
        !(node.kind === 'roiAlign' && operand === node.inputs.boxes) &&
        [operand.type].flat().every(({ element }) => element.startsWith('float'))
      for (let round = 0; round < 3; round++) {
        const off = new Map(
          readBy(node).map((operand) => {
            const of = values.get(operand) as Float64Array
            return [operand, isOff(operand) ? of.map(() => 1e-3 * next()) : undefined] as const
          }),
        )
        // All up, all down, and either.
        const sign = [() => 1, () => -1, () => (next() < 0.5 ? 1 : -1)][round] as () => number
        const moved = new Map(
          [...off].map(([operand, by]) => {
            const of = values.get(operand) as Float64Array
            return [operand, by ? of.map((v, i) => v + sign() * (by[i] as number)) : of]
          }),
        )
        const y = read((operand) => moved.get(operand) as Float64Array, node)
        const around: Bounding = {
          unit: 2 ** -53,
          narrowing: 'steps',
          of: (each) => (each === node ? y : (moved.get(each) as Float64Array)),
          boundOf: (each) => off.get(each),
          isConstant: () => false,
        }
        const bound = boundOf(node, around) ?? new Float64Array(y.length)
        const ratios = y.map((each, i) => {
          const error = Math.abs(each - (exact[i] as number))
          return error === 0 ? 0 : error / ((bound[i] as number) * (1 + 1e-6))
        })
        const most = ratios.reduce((a, b) => Math.max(a, b), 0)
        if (!(most <= 1)) t.fail(`${name} ${node.origin.path} is off by ${most} of its bound`)
        nearest.set(name, Math.max(nearest.get(name) ?? 0, most))
      }
    }
    const unseen = Object.keys(typing).filter((kind) => !nearest.has(kind))
    t.same(unseen.sort(), ['activation', 'derived', 'foreign', 'input', 'parameter'])
    for (const [name, most] of nearest)
      if (!stepping.has(name)) t.ok(most >= 0.7, `${name} comes to ${most} of its bound`)
  },
)

/** One number after the other, each result rounded to float32. */
const f = Math.fround

/** What float32 computes of a node over `x`, in an order of its own. */
const inFloat32: Readonly<Record<string, readonly [Node, (...of: Float64Array[]) => number[]]>> = {
  linear: [
    make('linear', { input: x, weight: w }, {}, origin),
    (x, w) => [x.reduceRight((sum, each, i) => f(sum + f(each * (w[i] as number))), 0)],
  ],
  'linear with a bias': [
    make('linear', { input: x, weight: w, bias: b }, {}, origin),
    (x, w, [b = 0]) => [x.reduce((sum, each, i) => f(sum + f(each * (w[i] as number))), b)],
  ],
  multiply: [
    make('multiply', { left: x, right: w }, {}, origin),
    (x, w) => [...x].map((each, i) => f(each * (w[i] as number))),
  ],
  add: [
    make('add', { left: x, right: w }, {}, origin),
    (x, w) => [...x].map((each, i) => f(each + (w[i] as number))),
  ],
  softmax: [
    make('softmax', { input: input(1, 6) }, { axis: 1 }, origin),
    (x) => {
      const most = Math.max(...x)
      const powers = [...x].map((each) => f(Math.exp(f(each - most))))
      const sum = powers.reduce((a, b) => f(a + b), 0)
      return powers.map((each) => f(each / sum))
    },
  ],
  sigmoid: [
    make('activation', { input: x }, { function: { name: 'sigmoid' } }, origin),
    (x) => [...x].map((each) => f(1 / f(1 + f(Math.exp(-each))))),
  ],
  hardSwish: [
    make('activation', { input: x }, { function: { name: 'hardSwish' } }, origin),
    (x) => [...x].map((each) => f(each * Math.min(Math.max(f(f(each / 6) + 0.5), 0), 1))),
  ],
}

t.test(
  'float32 stays within the bounds of float32, in any order, and comes near them',
  async (t) => {
    for (const [name, [node, compute]] of Object.entries(inFloat32)) {
      let nearest = 0
      // Drawn numbers, whose roundings go either way; and equal ones, whose roundings go one way.
      for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
        const next = stream(seed, 1)
        const equal = seed % 2 === 0
        const values = new Map<Node, Float64Array>()
        for (const operand of operandsOf(node)) {
          const size = f(0.3 + next())
          const draw = (): number => (equal ? size : f(4 * next() - 2))
          values.set(operand, Float64Array.from({ length: sizeOf((operand as Value).type) }, draw))
        }
        const of = (operand: Node): Float64Array => values.get(operand) as Float64Array
        values.set(node, interpretNode(node, { of, input: of, parameter: of }))
        const bound = boundOf(node, {
          unit: 2 ** -24,
          narrowing: 'steps',
          of,
          boundOf: () => undefined,
          isConstant: () => false,
        }) as Float64Array
        for (const [i, y] of compute(...operandsOf(node).map(of)).entries()) {
          const ratio = Math.abs(y - (of(node)[i] as number)) / (bound[i] as number)
          if (!(ratio <= 1)) t.fail(`${name} of seed ${seed} is off by ${ratio} of its bound`)
          nearest = Math.max(nearest, ratio)
        }
      }
      t.ok(nearest >= 0.1, `${name} comes to ${nearest} of its bound`)
    }
  },
)
