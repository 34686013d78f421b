import { type Answer, answerKinds, type Gives, givesOf, imagenet, mayGive } from '../dsl/answer.js'
import { InputError } from '../errors.js'

/** What a network is asked: see `Answer`. */
export type AnswerKind = Answer['kind']

/** What an output tells of a picture, as a file says it. */
export interface FileAnswer extends Answer {
  readonly gives: Gives
  /** Of a segmentation, whether its corners lie on the picture's (false): how it is resized to the picture. */
  readonly alignCorners?: boolean | undefined
}

/** How a picture becomes a network's input. */
export interface Preprocessing {
  /** [1, channels, height, width] of (pixel / 255 − mean) / deviation, or [1, height, width, channels] of pixels. */
  readonly format: 'float32-nchw' | 'uint8-nhwc'
  readonly colours: 'rgb' | 'grey'
  /** One a channel. Where it is left out, with uint8-nhwc, the graph normalises. */
  readonly mean?: readonly number[] | undefined
  readonly deviation?: readonly number[] | undefined
}

export interface Ends {
  readonly answer: FileAnswer
  readonly preprocessing: Preprocessing
  /** What the file does not say and was taken to be so, in words. */
  readonly assumed: readonly string[]
}

/**
 * What a file says of its two ends in its metadata. `as` stands in for what it does not say: its one output is an
 * answer of that kind, of pixels normalised with ImageNet's mean and deviation.
 * @throws {InputError} where the file does not say it, or says it in a way that is not known.
 */
export function endsIn(
  path: string,
  metadata: ReadonlyMap<string, string>,
  outputs: readonly string[],
  as: AnswerKind | undefined,
): Ends {
  const said = { answer: answerIn(path, metadata), preprocessing: preprocessingIn(path, metadata) }
  const { kind } = said.answer ?? {}
  if (kind !== undefined && as !== undefined && kind !== as)
    throw new InputError({
      problem: `${path} is asked for ${as}, and says of itself that it answers ${kind}`,
      remedy: `Leave it out, or ask for ${kind}.`,
    })
  if (as === undefined && !(said.answer && said.preprocessing))
    throw new InputError({
      problem: `${path} does not say ${said.answer ? 'how a picture becomes its input' : 'what it tells of a picture'}`,
      remedy: `Build it with heddle from a model that says so, or say what it is: as segmentation, pose, landmarks or classification (--as), of pixels normalised with ImageNet's mean and deviation.`,
    })
  return {
    answer: said.answer ?? asAnswer(path, outputs, as as AnswerKind),
    preprocessing: said.preprocessing ?? {
      format: 'float32-nchw',
      colours: 'rgb',
      ...imagenet,
    },
    assumed: [
      ...(said.answer ? [] : [`that its output is an answer of ${as}`]),
      ...(said.preprocessing ? [] : ["ImageNet's mean and deviation, in RGB"]),
    ],
  }
}

function asAnswer(path: string, outputs: readonly string[], kind: AnswerKind): FileAnswer {
  const [output, second] = outputs
  if (output === undefined || second !== undefined)
    throw new InputError({
      problem: `${path} has ${outputs.length} outputs (${outputs.join(', ')}), and does not say which is the answer`,
      remedy: 'Build it with heddle from a model that says so.',
    })
  return { kind, output, gives: givesOf({ kind, output }) }
}

function answerIn(path: string, metadata: ReadonlyMap<string, string>): FileAnswer | undefined {
  const said = objectIn(path, metadata, 'answer')
  if (!said) return undefined
  const { kind, output, labels, alignCorners } = said
  const word = answerKinds.find((one) => one === kind)
  if (word === undefined || typeof output !== 'string') throw unknown(path, 'answer', metadata)
  const gives = mayGive(word).find((one) => one === (said.gives ?? givesOf({ kind: word, output })))
  const named = isListOf('string', labels)
  const resized = alignCorners === undefined || typeof alignCorners === 'boolean'
  if (gives === undefined || !(named || labels === undefined) || !resized)
    throw unknown(path, 'answer', metadata)
  return {
    kind: word,
    output,
    gives,
    ...(named ? { labels: labels as string[] } : {}),
    ...(alignCorners === undefined ? {} : { alignCorners }),
  }
}

function preprocessingIn(
  path: string,
  metadata: ReadonlyMap<string, string>,
): Preprocessing | undefined {
  const said = objectIn(path, metadata, 'preprocessing')
  if (!said) return undefined
  const { format, colours, mean, deviation } = said
  const known =
    (format === 'float32-nchw' || format === 'uint8-nhwc') &&
    (colours === 'rgb' || colours === 'grey')
  const channels = colours === 'rgb' ? 3 : 1
  const normalises = [mean, deviation].every((one) => isListOf('number', one, channels))
  const left = mean === undefined && deviation === undefined && format === 'uint8-nhwc'
  if (!known || !(normalises || left)) throw unknown(path, 'preprocessing', metadata)
  return { format, colours, ...(normalises ? { mean, deviation } : {}) } as Preprocessing
}

/**
 * How a file's session is best opened, as its target has it: as ONNX Runtime opens any where the file does not say.
 * @throws {InputError} where the file says it in a way that is not known.
 */
export function sessionIn(
  path: string,
  metadata: ReadonlyMap<string, string>,
): { readonly memoryPattern: boolean; readonly streams?: readonly (readonly string[])[] } {
  const { memoryPattern = true } = objectIn(path, metadata, 'session') ?? {}
  if (typeof memoryPattern !== 'boolean') throw unknown(path, 'session', metadata)
  const streams = valueIn(path, metadata, 'streams')
  if (streams === undefined) return { memoryPattern }
  if (!Array.isArray(streams) || !streams.every((stream) => isListOf('string', stream)))
    throw unknown(path, 'streams', metadata)
  return { memoryPattern, streams }
}

function objectIn(
  path: string,
  metadata: ReadonlyMap<string, string>,
  key: string,
): Readonly<Record<string, unknown>> | undefined {
  const value = valueIn(path, metadata, key)
  if (value === undefined) return undefined
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>
  throw unknown(path, key, metadata)
}

/** What a key's text is as JSON. */
function valueIn(path: string, metadata: ReadonlyMap<string, string>, key: string): unknown {
  const text = metadata.get(key)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    throw unknown(path, key, metadata)
  }
}

function isListOf(type: 'string' | 'number', value: unknown, length?: number): boolean {
  return (
    Array.isArray(value) &&
    value.every((one) => typeof one === type) &&
    (length === undefined || value.length === length)
  )
}

function unknown(path: string, key: string, metadata: ReadonlyMap<string, string>): InputError {
  const text = metadata.get(key) ?? ''
  return new InputError({
    problem: `${path} says of its ${key} what this heddle does not know: ${text.length > 200 ? `${text.slice(0, 200)}…` : text}`,
    remedy: 'Build it with this version of heddle, or run it with the one that built it.',
  })
}
