import { make } from '../compiler/make.js'
import type { Origin, Value } from '../compiler/node.js'
import { InputError } from '../errors.js'
import { optionName } from '../spelling.js'
import { type Answer, type Gives, givesOf } from './answer.js'
import { countCorners } from './corners.js'
import { Feature, like, Tensor, type Tensorial, Vector } from './feature.js'
import type { Model } from './model.js'

/** Class scores as they are, as probabilities, or the best class alone. */
export type AnswerForm = 'logits' | 'softmax' | 'argmax'

/** What each form of an answer gives, which is what the output is then called. */
export const forms: Readonly<Record<AnswerForm, Gives>> = {
  logits: 'logits',
  softmax: 'probabilities',
  argmax: 'labels',
}

/** The outputs with the answer changed as asked, and what it tells then. */
export function withAnswer(
  model: Model,
  sized: Value,
  output: AnswerForm | undefined,
  outputSize: 'input' | undefined,
): Required<Pick<Model, 'outputs' | 'answer'>> {
  const answer = expectScores(model, output === undefined ? 'outputSize' : 'output')
  const { outputs } = model
  const scores = outputs[answer.output] as Feature | Vector
  const x = outputSize ? resized(model, scores, sized) : scores
  if (output === undefined) return { outputs: { ...outputs, [answer.output]: x }, answer }
  const gives = forms[output]
  const taken = [model.image.name, ...Object.keys(outputs).filter((name) => name !== answer.output)]
  if (taken.includes(gives))
    throw new InputError({
      problem: `--output ${output} of ${model.name} is called ${gives}, as an input or output of it is already`,
      remedy: 'Call that one otherwise in the network.',
    })
  const renamed = Object.entries(outputs).map(([name, y]) =>
    name === answer.output ? [gives, made(x, output)] : [name, y],
  )
  return { outputs: Object.fromEntries(renamed), answer: { ...answer, output: gives, gives } }
}

/** What a network says of its class scores. */
function expectScores({ name, answer, graph }: Model, option: 'output' | 'outputSize'): Answer {
  if (!answer)
    throw new InputError({
      problem: `${name} does not say what its outputs tell, and ${optionName(option)} asks for an answer`,
      remedy: `Say it in the network: model(…, { answer: { kind: 'segmentation', output: '${graph.outputs[0]?.name}' } }).`,
    })
  const gives = givesOf(answer)
  if (gives === 'logits') return answer
  throw new InputError({
    problem: `${optionName(option)} does not apply to ${name}, whose answer (${answer.kind}) gives ${gives}`,
    remedy: 'It applies to class scores (logits).',
  })
}

function resized(model: Model, x: Feature | Vector, like: Value): Feature {
  if (x instanceof Vector)
    throw new InputError({
      problem: `--output-size does not apply to ${model.name}, whose answer (${model.answer?.kind}) is one for the whole input`,
      remedy: 'Leave it out.',
    })
  const attributes = {
    mode: 'bilinear',
    alignCorners: alignsCorners(model),
    times: 1,
    over: 1,
  } as const
  const value = make('resize', { input: x.value, like }, attributes, at('resize'))
  return new Feature(value, x.channels, 1, x.trace)
}

/** Whether the network's own bilinear resizes span corner to corner; pixel centres where it has none. */
function alignsCorners(model: Model): boolean {
  const { resizes, aligned } = countCorners(model)
  if (aligned > 0 && aligned < resizes)
    throw new InputError({
      problem: `${aligned} of ${resizes} bilinear resizes of ${model.name} align corners: it does not say how its answer is resized`,
      remedy: 'Resize it in the network: resize(x, image, { mode: “bilinear”, alignCorners }).',
    })
  return aligned > 0
}

/** Probabilities, or the best class: in 32 bits, which every runtime indexes with, in half the bytes of ONNX's own. */
function made(x: Feature | Vector, output: AnswerForm): Tensorial {
  const input = x.value
  if (output === 'logits') return x
  if (output === 'softmax') return like(x, make('softmax', { input }, { axis: 1 }, at('softmax')))
  const best = make('argMax', { input }, { axis: 1 }, at('argMax'))
  return new Tensor(make('cast', { input: best }, { to: 'int32' }, at('cast')), x.trace)
}

function at(part: string): Origin {
  return { path: `answer.${part}`, place: undefined }
}
