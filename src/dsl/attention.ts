import { printShape } from '../compiler/dimension.js'
import { computed, make } from '../compiler/make.js'
import type { Origin, Value } from '../compiler/node.js'
import { expectBroadcast } from './combine.js'
import {
  expectFlag,
  expectOptions,
  expectTensor,
  expectTokens,
  expectWhole,
  type OptionNames,
} from './expect.js'
import { Tensor, Tokens } from './feature.js'
import { expectKeys } from './keys.js'
import { product, scaled, turned } from './matrices.js'
import { currentTrace, fail, functionOrigin, parameterNode, parameterOwner } from './scope.js'
import { expectWindow } from './tokens.js'

export interface MatmulOptions {
  /** Whether the left is turned first (false): its channels are then the rows. */
  readonly transposeLeft?: boolean
}

const matmulOptions: OptionNames<MatmulOptions> = { transposeLeft: true }

/**
 * Sums of the right's tokens, by the weights on the left: [batch, M, K] × [batch, K, C] → [batch, M, C]. With
 * `transposeLeft` the left is [batch, K, M]: a weight of each of K tokens, for each of M sums.
 */
export function matmul<C extends number>(
  left: Tokens,
  right: Tokens<C>,
  options: MatmulOptions = {},
): Tokens<C> {
  const trace = expectTokens(left, 'matmul')
  expectTokens(right, 'matmul')
  expectOptions(options, matmulOptions, 'a product of matrices')
  const { transposeLeft = false } = options
  expectFlag(transposeLeft, 'transposeLeft of a product of matrices')
  const origin = functionOrigin('matmul')
  const weights = transposeLeft ? turned(left.value, 1, 2, origin) : left.value
  const value = product(weights, right.value, origin)
  return new Tokens(value, right.channels, trace)
}

export interface AttentionOptions {
  /** Into how many parts the channels are cut, each of which attends by itself (1). */
  readonly heads?: number
  /** What is added to the scores before they become weights: [heads, queries, keys], or what broadcasts to it. */
  readonly bias?: Tensor
}

const attentionOptions: OptionNames<AttentionOptions> = { heads: true, bias: true }

/**
 * For each query a mean of the values, weighted by how its scores with the keys compare:
 * softmax(Q·Kᵀ/√(C / heads) + bias)·V in each head (Vaswani et al. 2017). It has no parameters; layers before and after
 * it have. [batch, M, C], [batch, N, C], [batch, N, D] → [batch, M, D].
 */
export function attention<C extends number, D extends number>(
  query: Tokens<C>,
  key: Tokens<NoInfer<C>>,
  values: Tokens<D>,
  options: AttentionOptions = {},
): Tokens<D> {
  const trace = expectTokens(query, 'attention')
  for (const other of [key, values]) expectTokens(other, 'attention')
  expectOptions(options, attentionOptions, 'an attention')
  const { heads = 1, bias } = options
  if (bias) expectTensor(bias, 'attention')
  expectKeys(query, key, values, 'an attention')
  expectHeads(heads)
  for (const { channels } of [query, values])
    if (channels % heads !== 0)
      fail(
        'heads-width',
        `${heads} heads do not divide ${channels} channels`,
        'Choose heads that divide the widths of queries and of values.',
      )
  const origin = functionOrigin('attention')
  const [q, k, v] = [query, key, values].map((x) => inHeads(x, heads, origin)) as [
    Value,
    Value,
    Value,
  ]
  const small = scaled(q, (query.channels / heads) ** -0.5, origin)
  const scores = product(small, turned(k, 2, 3, origin), origin)
  if (bias) expectBroadcast(scores, bias, `scores of ${printShape(scores.type.shape)}`)
  const input = bias ? make('add', { left: scores, right: bias.value }, {}, origin) : scores
  const weights = make('softmax', { input }, { axis: 3 }, origin)
  const each = product(weights, v, origin)
  const sides = ['same', 'same', values.channels] as const
  const value = make('reshape', { input: turned(each, 1, 2, origin) }, { sides }, origin)
  return new Tokens(value, values.channels, trace)
}

/**
 * A trained bias for each two places of a window, which depends on how far apart they are alone (Liu et al. 2021):
 * [heads, size², size²], rows of the parameter `relative_position_bias_table` [(2·size − 1)², heads].
 */
export function relativePositionBias(size: number, heads: number): Tensor {
  expectWindow(size)
  expectHeads(heads)
  const name = 'relative_position_bias_table'
  const owner = parameterOwner(name)
  const reach = 2 * size - 1
  const input = parameterNode(owner, name, [reach * reach, heads], 'free')
  const origin = functionOrigin('relativePositionBias')
  const places = make('derived', { from: [] }, { derivation: relativePositions(size) }, origin)
  const rows = make('gather', { input, places }, { each: false }, origin)
  const sides = [size * size, size * size, heads]
  const square = make('reshape', { input: rows }, { sides }, origin)
  const value = make('transpose', { input: square }, { order: [2, 0, 1] }, origin)
  return new Tensor(computed(value, origin), currentTrace())
}

/** For each two places of a window the row of the table: how far down and how far across the first is from the second. */
function relativePositions(size: number) {
  const reach = 2 * size - 1
  const positions = Array.from({ length: size * size }, (_, at) => ({
    y: Math.floor(at / size),
    x: at % size,
  }))
  const numbers = positions.flatMap((a) =>
    positions.map((b) => (a.y - b.y + size - 1) * reach + (a.x - b.x + size - 1)),
  )
  return { rule: 'literal', element: 'int64', shape: [numbers.length], numbers } as const
}

/** [batch, tokens, channels] → [batch, heads, tokens, channels / heads]. */
function inHeads({ value, channels }: Tokens, heads: number, origin: Origin): Value {
  const sides = ['same', 'same', heads, channels / heads] as const
  return turned(make('reshape', { input: value }, { sides }, origin), 1, 2, origin)
}

function expectHeads(heads: unknown): void {
  expectWhole('heads', heads, 'the number of heads', 'Heads are a whole number from 1.')
}
