import { InputError } from '../errors.js'
import { metadataOf } from '../files/metadata.js'
import { channelsOf } from '../picture/colour.js'
import type { Picture, PictureSize } from '../picture/picture.js'
import type { Box } from '../picture/window.js'
import { type ProviderOptions, providerIn } from '../runtime/provider.js'
import { type RanOn, ranOn } from '../runtime/ran-on.js'
import { openSession, type Session } from '../runtime/session.js'
import type { Port, TensorData } from '../runtime/tensor.js'
import { cocoJoints } from './coco.js'
import {
  type AnswerKind,
  type Ends,
  endsIn,
  type FileAnswer,
  type Preprocessing,
  sessionIn,
} from './ends.js'
import { type Sides, sizeFor } from './input-size.js'
import { preparePicture } from './prepare.js'
import { readAnswer } from './read.js'
import type { PictureAnswer } from './result.js'

export interface NetworkOptions extends ProviderOptions {
  /** What the output is, where the file does not say; pixels are then normalised as ImageNet's. */
  readonly as?: AnswerKind | undefined
  /** Names of the classes, joints or landmarks, in place of those that the file has. */
  readonly labels?: readonly string[] | undefined
  /**
   * Whether the streams of a file that was built for several are heeded, on CUDA (no). ONNX Runtime's optimiser is off
   * then, and ONNX Runtime 1.30 prints how it shares memory on standard output, which nothing turns off.
   */
  readonly streams?: boolean | undefined
  /** Ends the session, and whatever waits for it, with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

export interface AnswerOptions {
  /** The person or the face, for pose and landmarks (the whole picture). */
  readonly box?: Box | undefined
  /** Size of the input, where the file leaves it open. */
  readonly input?: PictureSize | undefined
  /** Classes of a classification that are wanted (5). */
  readonly top?: number | undefined
}

/** A network in an ONNX file that knows how pictures are given to it, and what it tells of them. */
export interface Network {
  readonly path: string
  readonly answer: FileAnswer
  readonly preprocessing: Preprocessing
  /** What the file does not say and was taken to be so, in words. */
  readonly assumed: readonly string[]
  /**
   * What the network tells of a picture.
   * @throws {InputError} where the picture, the box or the size does not fit, or the output is no such answer.
   * @throws {RuntimeError} where ONNX Runtime fails.
   */
  ask(picture: Picture, options?: AnswerOptions): Promise<Answered>
  close(): Promise<void>
}

/** An answer, and how it came about. */
export interface Answered extends RanOn {
  readonly answer: PictureAnswer
  /** Of what the network was given. */
  readonly input: PictureSize
  /** What the file does not say and was taken to be so, in words. */
  readonly assumed: readonly string[]
}

/**
 * Opens a network that answers pictures. What it needs is read from the file's metadata, which `build` writes.
 * @throws {InputError} where the file is no ONNX file, does not load, does not say how it is asked, or was built for
 * another target than `ort-web` and is to run on WebGPU.
 * @throws {RuntimeError} where onnxruntime-node is missing or does not load.
 */
export async function openNetwork(path: string, options: NetworkOptions = {}): Promise<Network> {
  const { as, labels, signal } = options
  const metadata = await metadataOf(path)
  expectRight(path, metadata.get('target'), options)
  const { memoryPattern, streams } = sessionIn(path, metadata)
  if (options.streams && !streams)
    throw new InputError({
      problem: `${path} is to run on several streams, and was built for one`,
      remedy: 'Build it for several (--target ort-cuda --streams 4), or leave streams out.',
    })
  const session = await openSession(path, {
    memoryPattern,
    ...(options.streams && { streams }),
    ...providerIn(options),
    optimize: true,
    profile: true,
    signal,
  })
  try {
    const outputs = session.outputs.map(({ name }) => name)
    const ends = endsIn(path, metadata, outputs, as)
    return withEnds(path, session, named(ends, session.outputs, labels), metadata, options)
  } catch (error) {
    await session.close()
    throw error
  }
}

/** On WebGPU, ONNX Runtime computes some of what is built for other targets wrongly, without an error. */
function expectRight(
  path: string,
  target: string | undefined,
  { provider }: ProviderOptions,
): void {
  if (provider !== 'webgpu' || target === undefined || target === 'ort-web') return
  throw new InputError({
    problem: `${path} was built for ${target}, which WebGPU may compute wrongly without an error`,
    remedy: 'Build it for the web (heddle build --target ort-web), or run it on another provider.',
  })
}

/** With the names that are given, or the file has; seventeen joints without any are COCO's. */
function named(ends: Ends, ports: readonly Port[], labels: readonly string[] | undefined): Ends {
  const { answer, assumed } = ends
  if (labels) return { ...ends, answer: { ...answer, labels } }
  const joints = ports.find(({ name }) => name === answer.output)?.shape[1]
  if (answer.kind !== 'pose' || answer.labels || joints !== cocoJoints.length) return ends
  return {
    ...ends,
    answer: { ...answer, labels: cocoJoints },
    assumed: [...assumed, `that its ${joints} joints are COCO's`],
  }
}

function withEnds(
  path: string,
  session: Session,
  { answer, preprocessing, assumed }: Ends,
  metadata: ReadonlyMap<string, string>,
  options: ProviderOptions,
): Network {
  const port = session.outputs.find(({ name }) => name === answer.output)
  if (!port)
    throw new InputError({
      problem: `${path} says that its answer is in output ${answer.output}, and has ${session.outputs.map(({ name }) => name).join(', ')}`,
      remedy: 'Build it again.',
    })
  expectLabels(answer, port)
  const image = imagePort(path, session.inputs, preprocessing)
  const sides = sidesOf(image, preprocessing, metadata.get('input'))
  let ran: RanOn | undefined
  return {
    path,
    answer,
    preprocessing,
    assumed,
    async ask(picture, { box, input: asked, top } = {}) {
      const { kind, output } = answer
      const input = sizeFor({ path, kind, sides, picture, asked })
      const tensor = preparePicture(picture, { kind, input, preprocessing, box })
      const results = await session.run({ [image.name]: tensor }, [output])
      ran ??= await ranOn(session, options)
      const read = readAnswer(answer, results[output] as TensorData, { picture, input, box, top })
      return {
        answer: read,
        input,
        ...ran,
        assumed,
      }
    },
    close: () => session.close(),
  }
}

/** As many labels as the output has channels, where it says how many. */
function expectLabels({ labels, gives, output }: FileAnswer, { shape }: Port): void {
  const channels = shape[1]
  if (!labels || gives === 'labels' || typeof channels !== 'number' || channels === labels.length)
    return
  throw new InputError({
    problem: `there are ${labels.length} labels, and output ${output} has ${channels} channels`,
    remedy: 'Give one label for each channel, in their order.',
  })
}

/** The one input, which takes one picture as the preprocessing says. */
function imagePort(path: string, inputs: readonly Port[], preprocessing: Preprocessing): Port {
  const [first, second] = inputs
  const { format, colours } = preprocessing
  const channels = channelsOf(colours)
  const [type, axis] = format === 'uint8-nhwc' ? ['uint8', 3] : ['float32', 1]
  const needed = `${type} [1, ${(format === 'uint8-nhwc' ? ['height', 'width', channels] : [channels, 'height', 'width']).join(', ')}]`
  const fits =
    first?.type === type &&
    first.shape.length === 4 &&
    (typeof first.shape[0] === 'string' || first.shape[0] === 1) &&
    (typeof first.shape[axis as number] === 'string' || first.shape[axis as number] === channels)
  if (first && !second && fits) return first
  const has = inputs.map(({ name, type, shape }) => `${name}: ${type} [${shape.join(', ')}]`)
  throw new InputError({
    problem: `${path} takes ${has.join(' and ') || 'nothing'}, and a picture is ${needed}`,
    remedy: 'Build it for one picture at a time (--batch 1), with that input alone.',
  })
}

/** A file of heddle's says in words of which number a free side is a multiple: `1xdynamic/32xdynamic/32`. */
function sidesOf({ shape }: Port, { format }: Preprocessing, said: string | undefined): Sides {
  const [height, width] = format === 'uint8-nhwc' ? shape.slice(1, 3) : shape.slice(2, 4)
  const words = said?.split('x').slice(1) ?? []
  const side = (fixed: number | string | undefined, word: string | undefined): Sides['height'] => {
    if (typeof fixed === 'number') return fixed
    const [dynamic, multiple = '1'] = /^dynamic(?:\/([1-9]\d{0,3}))?$/.exec(word ?? '') ?? []
    // What nobody says: HRNets halve a picture five times.
    return { multiple: dynamic ? Number(multiple) : 32 }
  }
  return { height: side(height, words[0]), width: side(width, words[1]) }
}
