import { make } from '../compiler/make.js'
import { describe, expectOneOf, expectTensor } from './expect.js'
import {
  Boxes,
  type Feature,
  like,
  Tensor,
  type Tensorial,
  Tokens,
  type Vector,
} from './feature.js'
import { fail, functionOrigin, type Trace } from './scope.js'

const overs = { channels: true, tokens: true }

/**
 * Scores as probabilities: e^x / Σ e^x over the channels, which are the classes; or of tokens over these, each channel
 * by itself.
 */
export function softmax<F extends Feature | Vector | Tokens>(
  x: F,
  over: 'channels' | (F extends Tokens ? 'tokens' : never) = 'channels',
): F {
  expectScores(x, 'softmax')
  const words = x instanceof Tokens ? overs : { channels: true }
  expectOneOf('softmax-over', over, words, `a softmax of ${describe(x)} over`)
  const axis = x instanceof Tokens && over === 'channels' ? 2 : 1
  return like(x, make('softmax', { input: x.value }, { axis }, functionOrigin('softmax')))
}

/**
 * The class of the largest score, the first of those that are equal: int64, [batch, height / S, width / S] of a
 * feature at stride S, [batch] of a vector.
 */
export function argMax(x: Feature | Vector): Tensor {
  const trace = expectScores(x, 'argMax')
  if ((x as Tensorial) instanceof Tokens)
    fail('not-a-feature', `argMax gets ${describe(x)}`, 'Give it a feature or a vector.')
  return new Tensor(
    make('argMax', { input: x.value }, { axis: 1 }, functionOrigin('argMax')),
    trace,
  )
}

function expectScores(x: Feature | Vector | Tokens, what: string): Trace {
  const trace = expectTensor(x, what)
  if ((x as Tensorial) instanceof Tensor || (x as Tensorial) instanceof Boxes)
    fail('not-a-feature', `${what} gets ${describe(x)}`, 'Give it a feature or a vector.')
  return trace
}
