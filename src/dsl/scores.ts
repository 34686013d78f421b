import { make } from '../compiler/make.js'
import { expectTensor } from './expect.js'
import { type Feature, like, Tensor, type Vector } from './feature.js'
import { fail, functionOrigin, type Trace } from './scope.js'

/** Scores as probabilities: e^x / Σ e^x over the channels, which are the classes. */
export function softmax<F extends Feature | Vector>(x: F): F {
  expectScores(x, 'softmax')
  return like(x, make('softmax', { input: x.value }, { axis: 1 }, functionOrigin('softmax')))
}

/**
 * The class of the largest score, the first of those that are equal: int64, [batch, height / S, width / S] of a
 * feature at stride S, [batch] of a vector.
 */
export function argMax(x: Feature | Vector): Tensor {
  const trace = expectScores(x, 'argMax')
  return new Tensor(
    make('argMax', { input: x.value }, { axis: 1 }, functionOrigin('argMax')),
    trace,
  )
}

function expectScores(x: Feature | Vector, what: string): Trace {
  const trace = expectTensor(x, what)
  if (x instanceof Tensor)
    fail('not-a-feature', `${what} gets a tensor`, 'Give it a feature or a vector.')
  return trace
}
