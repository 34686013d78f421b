import { withGraph } from '../build/open-graph.js'
import { elementCount } from '../compiler/dimension.js'
import type { Output } from '../compiler/graph.js'
import type { TensorData, Tensors } from '../runtime/tensor.js'
import { choicesOf } from './choices.js'
import type { CompiledRun } from './compile-run.js'
import type { ExamineOptions } from './examine.js'
import { isEightBits, narrowing } from './judge.js'
import { compareValue, judgedBy, scoresOf } from './labels.js'
import { limitBetween, mostLimit } from './limits.js'
import type { PlainErrors } from './plain-errors.js'
import type { OutputComparison } from './report.js'
import {
  choseOtherwise,
  drownedOutput,
  nothingThere,
  type Unproved,
  withoutLimit,
} from './unproved.js'

/**
 * Compares the outputs of a run that is too large to be interpreted, as written with ONNX Runtime's optimiser off
 * against compiled with it on. What they may differ by follows from the errors of the network as written at the small
 * size, where they are known.
 */
export async function compareLarger(
  { compilation: { plain, graph }, weights }: CompiledRun,
  image: TensorData,
  small: readonly Output[],
  errors: PlainErrors,
  {
    last,
    rounding,
    tolerance,
    opset,
    signal,
    told,
  }: Omit<ExamineOptions, 'rounds' | 'seed' | 'thorough' | 'inMemory'>,
): Promise<{
  readonly outputs: readonly OutputComparison[]
  readonly unproved: readonly Unproved[]
}> {
  const { outputs, inputs } = plain
  const feeds: Tensors = Object.fromEntries(inputs.map(({ attributes: { name } }) => [name, image]))
  const ends = outputs.map(({ value }) => value)
  const scores = scoresOf(ends)
  const chooses = choicesOf(plain).length > 0
  told('load')
  const opening = { optimize: false, features: scores, opset, signal }
  const reference = await withGraph(plain, weights, opening, async ({ session, nameOf }) => {
    told('run')
    const results = await session.run(feeds)
    return new Map([
      ...outputs.map(({ name, value }) => [value, results[name] as TensorData] as const),
      ...scores.map((value) => [value, results[nameOf(value)] as TensorData] as const),
    ])
  })
  told('load')
  const results = await last([], ({ session }) => {
    told('run')
    return session.run(feeds)
  })
  const ratio = await rounding(narrowing(graph))
  const unproved: Unproved[] = []
  const compared = outputs.map((output, i) => {
    const { name, value } = output
    const { value: there } = small[i] as Output
    const own = errors.at(there)
    const numbers = elementCount(judgedBy(value).type.shape as readonly number[])
    const derived = limitBetween(own, errors.numbers(there), numbers) * ratio
    const limit = tolerance ?? derived
    const comparison = compareValue(value, name, reference, results[name] as TensorData, limit)
    const scores = reference.get(judgedBy(value)) as TensorData
    const nothing = nothingThere(output, [scores], 'as written in float32, at this size')
    const isHeld = tolerance !== undefined || isEightBits(graph) || derived <= mostLimit
    const reason =
      nothing ??
      (comparison.ok ? drownedOutput(output, comparison) : undefined) ??
      (chooses && !comparison.ok ? choseOtherwise(name) : undefined) ??
      (isHeld ? undefined : withoutLimit(name, derived))
    if (reason) unproved.push(reason)
    return { ...comparison, plain: own, ok: comparison.ok && !reason, proved: !reason }
  })
  return { outputs: compared, unproved }
}
