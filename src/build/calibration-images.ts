import { preparePicture } from '../answer/prepare.js'
import { isPictureFile, readPicture } from '../answer/run-picture.js'
import { elementCount, symbolOf } from '../compiler/dimension.js'
import type { NodeOf } from '../compiler/node.js'
import { type InputSize, printSide, type Side, sidesGiven } from '../compiler/specialise.js'
import type { Model } from '../dsl/model.js'
import { InputError } from '../errors.js'
import { filesIn } from '../files/folder.js'
import type { TensorData } from '../runtime/tensor.js'
import { preprocessingOf } from './ends.js'
import { madeImage } from './made-images.js'

/** What a network is run on to learn the ranges of its numbers. */
export interface CalibrationImages {
  /** Of each input that it is run on. */
  readonly size: FixedSize
  /** Inputs of that size, each made when it is asked for: there may be more than memory holds. */
  readonly inputs: readonly (() => Promise<TensorData>)[]
  /** How many images they are. */
  readonly images: number
  /** Whether they were made, in the absence of the user's. */
  readonly made: boolean
  /** How many files of the folder were left out, being no pictures. */
  readonly others: number
}

type FixedSize = { readonly [K in keyof InputSize]: number }
type Loading = () => Promise<TensorData>

/** So many are made where there are none. */
const madeCount = 8

/**
 * Images of the size that a network is compiled for; near its own where that is open. They are the pictures of a folder,
 * given to the network as pictures are; or inputs as they stand; or made.
 * @throws {InputError} where there are none, or they do not fit; an input throws where its file is no picture.
 */
export async function calibrationImages(
  model: Model,
  asked: InputSize,
  from?: string | readonly TensorData[],
): Promise<CalibrationImages> {
  if (typeof from === 'object') {
    const size = expectInputs(model, asked, from)
    const images = size.batch * from.length
    return { size, inputs: from.map((input) => async () => input), images, made: false, others: 0 }
  }
  const size = fixed(model, asked)
  const { loading, others } =
    from === undefined ? madeOf(model, size) : await inFolder(model, size, from)
  const inputs = Array.from({ length: Math.ceil(loading.length / size.batch) }, (_, i) =>
    joined(loading, i * size.batch, size.batch),
  )
  return { size, inputs, images: loading.length, made: from === undefined, others }
}

/** A side that is open: the model's own, or a multiple near it. */
function fixed({ image }: Model, { batch, height, width }: InputSize): FixedSize {
  const near = (side: Side, own: number): number =>
    typeof side === 'number' ? side : Math.max(1, Math.round(own / side.multiple)) * side.multiple
  return {
    batch: near(batch, 1),
    height: near(height, image.size[0]),
    width: near(width, image.size[1]),
  }
}

/** Images, and how many files of where they are from are none. */
interface Found {
  readonly loading: readonly Loading[]
  readonly others: number
}

function madeOf(model: Model, size: FixedSize): Found {
  const loading = Array.from(
    { length: madeCount },
    (_, seed) => async () => madeImage(model, size, seed),
  )
  return { loading, others: 0 }
}

/** The pictures of a folder, each as the network's own preprocessing makes it. */
async function inFolder(model: Model, input: FixedSize, folder: string): Promise<Found> {
  const { channels } = model.image
  if (channels !== 1 && channels !== 3)
    throw new InputError({
      problem: `${model.name} reads images of ${channels} channels, and pictures, as those of ${folder}, have 1 or 3`,
      remedy:
        'Calibrate it on inputs of its own (build of heddle/node, { calibrate: inputs }), or leave --calibrate out.',
    })
  const preprocessing = preprocessingOf(model)
  if (!preprocessing)
    throw new InputError({
      problem: `${model.name} does not say how pixels become its input, and is to be calibrated on the pictures of ${folder}`,
      remedy:
        'Say it in the network, as it was trained: image(3, { normalisation: imagenet }), or { mean, deviation }.',
    })
  const files = await filesIn(folder)
  const paths: string[] = []
  for (const path of files) if (await isPictureFile(path)) paths.push(path)
  if (paths.length === 0)
    throw new InputError({
      problem: `${folder} has 0 pictures among ${files.length} files, and a calibration needs at least 1`,
      remedy:
        'Give a folder of JPEG and PNG files such as the network will see; some 50 are enough.',
    })
  const kind = model.answer?.kind ?? 'segmentation'
  const loading = paths.map(
    (path) => async () => preparePicture(await readPicture(path), { kind, input, preprocessing }),
  )
  return { loading, others: files.length - paths.length }
}

/** So many images as one input, from one of them on; behind the last comes the first. */
function joined(images: readonly Loading[], start: number, batch: number): Loading {
  return async () => {
    const parts: TensorData[] = []
    for (let i = 0; i < batch; i++)
      parts.push(await (images[(start + i) % images.length] as Loading)())
    const [first] = parts as [TensorData]
    if (batch === 1) return first
    const numbers = parts.map(({ data }) => data as Float32Array | Uint8Array)
    const length = numbers.reduce((sum, { length }) => sum + length, 0)
    const data = first.type === 'uint8' ? new Uint8Array(length) : new Float32Array(length)
    let at = 0
    for (const each of numbers) {
      data.set(each, at)
      at += each.length
    }
    return { ...first, data, dims: [batch, ...first.dims.slice(1)] }
  }
}

/** The size of inputs that are given, which is one that is asked for. */
function expectInputs(model: Model, asked: InputSize, inputs: readonly TensorData[]): FixedSize {
  const [first] = inputs
  if (!first)
    throw new InputError({
      problem: `0 inputs to calibrate ${model.name} on`,
      remedy: 'Give at least 1, or leave them out: pictures are made then.',
    })
  const { element, shape } = (model.graph.inputs as readonly [NodeOf<'input'>])[0].type
  const size = { batch: 0, height: 0, width: 0 }
  for (const [axis, side] of shape.entries())
    if (typeof side !== 'number') size[symbolOf(side) as keyof InputSize] = first.dims[axis] ?? 0
  const wanted = sidesGiven(model.graph, asked)
  const wrong = inputs.find(
    ({ dims, data, type = 'float32' }) =>
      type !== element ||
      dims.length !== wanted.length ||
      elementCount(dims) !== data.length ||
      !dims.every((side, axis) => side === first.dims[axis] && takes(wanted[axis] as Side, side)),
  )
  if (wrong)
    throw new InputError({
      problem: `an input of ${wrong.type ?? 'float32'} [${wrong.dims.join(', ')}] with ${wrong.data.length} elements to calibrate ${model.name} on, which takes ${element} [${wanted.map(printSide).join(', ')}]`,
      remedy: 'Give inputs of that size, all of one.',
    })
  return size
}

function takes(side: Side, given: number): boolean {
  return typeof side === 'number' ? side === given : given > 0 && given % side.multiple === 0
}
