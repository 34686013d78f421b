import { type Graph, nodesOf } from '../compiler/graph.js'
import { withOperands } from '../compiler/make.js'
import type { Node, NodeOf, Value } from '../compiler/node.js'
import { InputError } from '../errors.js'
import { optionName } from '../spelling.js'
import { type AnswerForm, forms, withAnswer } from './deployed-answer.js'
import { fromPixels } from './deployed-input.js'
import { like } from './feature.js'
import type { Model } from './model.js'

/** How a network's two ends are to be where it is deployed; what is left out stays. */
export interface DeployOptions {
  /** Pixels as cameras and decoders give them: [batch, height, width, channels], 0 to 255. */
  readonly inputFormat?: 'uint8-nhwc' | undefined
  /** The class scores as they are, as probabilities, or the best class alone (int32), each pixel's or the picture's. */
  readonly output?: AnswerForm | undefined
  /** The answer at the size of the input, resized bilinearly before anything else is made of it. */
  readonly outputSize?: 'input' | undefined
}

const formats = { 'uint8-nhwc': true }
const sizes = { input: true }

/**
 * The same network with other ends: its input normalised within the graph, its answer resized, or made
 * probabilities (output `probabilities`) or classes (output `labels`). Weights keep their names.
 * @throws {InputError} where the model does not say what is needed for that, or an option does not apply to it.
 */
export function deployed(model: Model, options: DeployOptions = {}): Model {
  const { inputFormat, output, outputSize } = options
  expectWord('inputFormat', inputFormat, formats)
  expectWord('output', output, forms)
  expectWord('outputSize', outputSize, sizes)
  const [input] = model.graph.inputs as readonly [NodeOf<'input'>]
  const start = inputFormat
    ? fromPixels(model, input, inputFormat)
    : { input, image: model.image, x: input, sized: input }
  const became = new Map<Node, Node>([[input, start.x]])
  for (const node of nodesOf(model.graph))
    if (node !== input)
      became.set(
        node,
        withOperands(node, (operand) => became.get(operand) ?? operand),
      )
  const outputs = Object.fromEntries(
    Object.entries(model.outputs).map(([name, x]) => [name, like(x, became.get(x.value) as Value)]),
  )
  const ends = { outputs, ...(model.answer && { answer: model.answer }) }
  const asked = output !== undefined || outputSize !== undefined
  const ended = asked ? withAnswer({ ...model, ...ends }, start.sized, output, outputSize) : ends
  const graph: Graph = {
    name: model.graph.name,
    inputs: [start.input],
    outputs: Object.entries(ended.outputs).map(([name, { value }]) => ({ name, value })),
  }
  return { ...model, ...ended, image: start.image, graph }
}

function expectWord(option: string, word: unknown, known: object): void {
  if (word === undefined || Object.hasOwn(known, word as PropertyKey)) return
  throw new InputError({
    problem: `${optionName(option)} is ${JSON.stringify(word) ?? String(word)}`,
    remedy: `It is ${Object.keys(known).join(' or ')}.`,
  })
}
