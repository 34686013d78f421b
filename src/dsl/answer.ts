import {
  describe,
  expectList,
  expectOneOf,
  expectOptions,
  type OptionNames,
  print,
} from './expect.js'
import { Feature, Tensor, type Tensorial, Vector } from './feature.js'
import { fail } from './scope.js'

/** What the numbers of an output mean: scores of any size, scores that add up to 1, the best class, or heatmaps. */
export type Gives = 'logits' | 'probabilities' | 'labels' | 'heatmaps'

/** What a network's output tells of a picture, so that `run` can read it, and draw it. */
export interface Answer<Output extends string = string> {
  /** Class scores of each pixel; heatmaps of joints, or of landmarks; class scores of the picture. */
  readonly kind: 'segmentation' | 'pose' | 'landmarks' | 'classification'
  /** The output that holds it. */
  readonly output: Output
  /** What its numbers mean (logits, or heatmaps of joints and landmarks). */
  readonly gives?: Gives
  /** What its channels stand for, in their order. */
  readonly labels?: readonly string[]
}

/** How pixels from 0 to 255 become a network's input: (pixel / 255 − mean) / deviation, one of each a channel. */
export interface Normalisation {
  readonly mean: readonly number[]
  readonly deviation: readonly number[]
}

/** ImageNet's mean and deviation (RGB), with which all released HRNets were trained. */
export const imagenet: Normalisation = {
  mean: [0.485, 0.456, 0.406],
  deviation: [0.229, 0.224, 0.225],
}

/** What an answer of each kind is read from, and may give: what it gives where nothing is said comes first. */
const kinds: Readonly<
  Record<Answer['kind'], { readonly of: 'feature' | 'vector'; readonly gives: readonly Gives[] }>
> = {
  segmentation: { of: 'feature', gives: ['logits', 'probabilities', 'labels'] },
  pose: { of: 'feature', gives: ['heatmaps'] },
  landmarks: { of: 'feature', gives: ['heatmaps'] },
  classification: { of: 'vector', gives: ['logits', 'probabilities', 'labels'] },
}
const answerOptions: OptionNames<Answer> = { kind: true, output: true, gives: true, labels: true }
const normalisationOptions: OptionNames<Normalisation> = { mean: true, deviation: true }

/** All kinds of answers. */
export const answerKinds: readonly Answer['kind'][] = Object.keys(kinds) as Answer['kind'][]

/** What an answer of a kind may give: what it gives where nothing is said comes first. */
export function mayGive(kind: Answer['kind']): readonly Gives[] {
  return kinds[kind].gives
}

/** What an answer gives, said or not. */
export function givesOf({ kind, gives = kinds[kind].gives[0] as Gives }: Answer): Gives {
  return gives
}

/** Refuses a normalisation that has not one mean and one deviation above 0 for each channel. */
export function expectNormalisation(normalisation: Normalisation, channels: number): void {
  expectOptions(normalisation, normalisationOptions, 'a normalisation')
  for (const part of ['mean', 'deviation'] as const) {
    const numbers: readonly unknown[] = normalisation[part] ?? []
    expectList(numbers, `the numbers of a normalisation's ${part}`)
    if (numbers.length !== channels)
      fail(
        'normalisation',
        `the ${part} of a normalisation has ${numbers.length} numbers, and the image ${channels} channels`,
        'Give one number for each channel.',
      )
    for (const number of numbers)
      if (!Number.isFinite(number) || (part === 'deviation' && (number as number) <= 0))
        fail(
          'mean-deviation',
          `the ${part} of a normalisation holds ${print(number)}`,
          part === 'mean' ? 'Give finite numbers.' : 'Give finite numbers above 0.',
        )
  }
}

/** Refuses an answer that cannot be read from the outputs. */
export function expectAnswer(answer: Answer, outputs: Readonly<Record<string, Tensorial>>): void {
  expectOptions(answer, answerOptions, 'an answer')
  const { kind, output } = answer
  expectOneOf('answer-kind', kind, kinds, 'an answer is')
  if (!Object.hasOwn(outputs, output))
    fail(
      'answer-output',
      `the answer is in output ${print(output)}, and the outputs are ${Object.keys(outputs).join(', ')}`,
      'Name one of the outputs.',
    )
  const gives = givesOf(answer)
  if (!kinds[kind].gives.includes(gives))
    fail(
      'answer-gives',
      `an answer of ${kind} gives ${print(gives)}`,
      `It gives ${kinds[kind].gives.join(' or ')}.`,
    )
  const x = outputs[output] as Tensorial
  expectForm(answer, gives === 'labels' ? 'tensor' : kinds[kind].of, x)
  if (answer.labels !== undefined) expectLabels(answer.labels, answer, x)
}

const forms = { feature: Feature, vector: Vector, tensor: Tensor }

function expectForm({ kind, output }: Answer, form: keyof typeof forms, x: Tensorial): void {
  if (!(x instanceof forms[form]))
    fail(
      'answer-form',
      `the answer of ${kind} is in “${output}”, ${describe(x)}`,
      `It is read from a ${form}.`,
    )
}

function expectLabels(labels: unknown, { output }: Answer, x: Tensorial): void {
  expectList(labels, 'the labels of an answer')
  const empty = labels.findIndex((label) => typeof label !== 'string' || label.trim() === '')
  if (empty !== -1)
    fail('label', `label ${empty} of an answer is ${print(labels[empty])}`, 'Give it a name.')
  // The best class has no channels any more.
  if (!('channels' in x) || labels.length === x.channels) return
  fail(
    'labels-channels',
    `an answer of ${labels.length} labels is in “${output}”, ${describe(x)}`,
    'Give one label for each channel.',
  )
}
