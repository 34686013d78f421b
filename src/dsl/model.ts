import type { Calls } from '../compiler/calls.js'
import type { Graph } from '../compiler/graph.js'
import { make } from '../compiler/make.js'
import { anySize } from '../compiler/specialise.js'
import { type Answer, expectAnswer, expectNormalisation, type Normalisation } from './answer.js'
import {
  describe,
  expectFunction,
  expectOptions,
  expectTensor,
  expectWidth,
  isTensorial,
  isWhole,
  type OptionNames,
  print,
} from './expect.js'
import { Feature, type Tensorial, type Width } from './feature.js'
import { fail, type Trace, tracing } from './scope.js'

export type { Calls } from '../compiler/calls.js'

/** What a model is given: [batch, channels, height, width], float32. */
export interface Image<C extends number = number> {
  readonly channels: C
  /** The size taken where none is asked for: [height, width]. */
  readonly size: readonly [number, number]
  readonly name: string
  /** How pixels become its numbers, where that is said. */
  readonly normalisation?: Normalisation
  /** Of a network that is deployed: [batch, height, width, channels], uint8, normalised within the graph. */
  readonly format?: 'uint8-nhwc'
}

export interface ImageOptions {
  /** [height, width] taken where none is asked for (224×224). */
  readonly size?: readonly [number, number]
  /** What the input is called in ONNX (image). */
  readonly name?: string
  /** How pixels become its numbers: what was done to them in training. */
  readonly normalisation?: Normalisation
}

const imageOptions: OptionNames<ImageOptions> = { size: true, name: true, normalisation: true }

/** An image of `channels` channels: what a model is given. */
export function image<C extends number>(
  channels: C & Width<C>,
  options: ImageOptions = {},
): Image<C> {
  expectOptions(options, imageOptions, 'an image')
  const { size = [224, 224], name = 'image', normalisation } = options
  return { channels, size, name, ...(normalisation && { normalisation }) }
}

export type Outputs = Readonly<Record<string, Tensorial>>

/** Refuses a model without outputs. To be intersected. */
type AtLeastOne<O> = keyof O extends never ? { readonly output: Tensorial } : unknown

/** A network as written: its graph, for inputs of any size, and the features by the names of its outputs. */
export interface Model<O extends Outputs = Outputs> {
  readonly kind: 'model'
  readonly name: string
  readonly image: Image
  readonly outputs: O
  readonly graph: Graph
  /** What an output tells of a picture, where that is said. */
  readonly answer?: Answer
  /** How its PyTorch code calls what it can call in more ways than one, where that is known. */
  readonly calls?: Partial<Calls>
}

export interface ModelOptions<O extends Outputs = Outputs> {
  /** What an output tells of a picture. */
  readonly answer?: Answer<keyof O & string>
}

const modelOptions: OptionNames<ModelOptions> = { answer: true }

/**
 * Writes a model. `body` makes the network from the input, and names its outputs.
 * @throws {NetworkError} where a layer does not fit, at the user's line.
 */
export function model<C extends number, O extends Outputs>(
  name: string,
  input: Image<C>,
  body: (x: Feature<C, 1>) => O & AtLeastOne<O>,
  options: ModelOptions<NoInfer<O>> = {},
): Model<O> {
  return tracing(name, (trace) => {
    if (typeof name !== 'string' || name.trim() === '')
      fail('model-name', 'a model has no name', 'Name it: model("my_net", …).')
    expectWidth(input.channels, 'an image')
    expectFunction(body, `the body of model ${name}`)
    if (!(Array.isArray(input.size) && input.size.length === 2 && input.size.every(isWhole)))
      fail(
        'image-size',
        `an image of ${[input.size].flat().join('x')}`,
        'Its size is [height, width], two whole numbers from 1.',
      )
    if (typeof input.name !== 'string' || input.name.trim() === '')
      fail('image-name', `an image is called ${print(input.name)}`, 'Name it: { name: “image” }.')
    if (input.normalisation) expectNormalisation(input.normalisation, input.channels)
    expectOptions(options, modelOptions, 'a model')
    const [batch, height, width] = anySize
    const type = { element: 'float32', shape: [batch, input.channels, height, width] } as const
    const origin = { path: input.name, place: undefined }
    const node = make('input', {}, { name: input.name, type }, origin)
    const outputs = body(new Feature(node, input.channels, 1, trace))
    const graph = { name, inputs: [node], outputs: namedOutputs(outputs, input.name, trace) }
    const { answer } = options
    if (answer) expectAnswer(answer, outputs)
    return { kind: 'model', name, image: input, outputs, graph, ...(answer && { answer }) }
  })
}

export function isModel(value: unknown): value is Model {
  return (
    typeof value === 'object' &&
    value !== null &&
    (value as Model).kind === 'model' &&
    'graph' in value
  )
}

function namedOutputs(outputs: Outputs, inputName: string, trace: Trace): Graph['outputs'] {
  if (outputs instanceof Promise)
    fail(
      'asynchronous',
      `the body of model ${trace.model} is asynchronous`,
      'Write it as an ordinary function.',
    )
  if (isTensorial(outputs) || typeof outputs !== 'object' || Array.isArray(outputs))
    fail(
      'output-kind',
      `model ${trace.model} returns ${describe(outputs)}`,
      'Return features under names: { output: x }.',
    )
  const entries = Object.entries(outputs ?? {})
  if (entries.length === 0)
    fail(
      'no-output',
      `model ${trace.model} has 0 outputs`,
      'Return at least 1 feature under a name: { output: x }.',
    )
  return entries.map(([name, x]) => {
    if (name.trim() === '' || name === inputName)
      fail(
        'output-name',
        `an output is called “${name}”`,
        `Give it a name of its own (the input is called “${inputName}”).`,
      )
    if (!isTensorial(x))
      fail(
        'output-kind',
        `output “${name}” is ${describe(x)}`,
        'An output is a feature, a vector or a tensor.',
      )
    expectTensor(x, `output “${name}”`)
    return { name, value: x.value }
  })
}
