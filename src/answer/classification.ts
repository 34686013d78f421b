import type { TensorData } from '../runtime/tensor.js'
import type { FileAnswer } from './ends.js'
import { indicesOf, misshapen, scoresOf } from './numbers.js'
import type { ClassGuess, Classification } from './result.js'

/**
 * The most probable classes of a picture; logits become probabilities by softmax. Of a network that gives the best
 * class alone, that one.
 * @throws {InputError} where the output is no vector of classes.
 */
export function readClassification(
  answer: FileAnswer,
  tensor: TensorData,
  top: number,
): Classification {
  const { gives, labels } = answer
  const { dims } = tensor
  if (gives === 'labels') {
    if (dims.some((side) => side !== 1)) throw misshapen(answer, dims, '[1]')
    const [index = 0] = indicesOf(answer, tensor)
    return { kind: 'classification', classes: [{ index, label: labels?.[index] }] }
  }
  const [batch, count = 0, ...ones] = dims
  if (batch !== 1 || count === 0 || ones.some((one) => one !== 1))
    throw misshapen(answer, dims, '[1, classes]')
  const scores = [...scoresOf(answer, tensor)]
  const probabilities = gives === 'logits' ? softmax(scores) : scores
  const classes = probabilities
    .map((probability, index): ClassGuess => ({ index, label: labels?.[index], probability }))
    .sort((a, b) => (b.probability as number) - (a.probability as number))
  return { kind: 'classification', classes: classes.slice(0, top) }
}

function softmax(logits: readonly number[]): readonly number[] {
  const greatest = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  const powers = logits.map((logit) => Math.exp(logit - greatest))
  const sum = powers.reduce((a, b) => a + b, 0)
  return powers.map((power) => power / sum)
}
