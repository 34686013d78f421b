import { openFile, startOf } from '../files/open.js'
import { type DecodeOptions, decodePicture } from '../picture/decode.js'
import { notRead, type Picture } from '../picture/picture.js'
import { isPicture } from '../picture/signature.js'
import type { Progress } from '../progress.js'
import { type Answered, type AnswerOptions, type NetworkOptions, openNetwork } from './network.js'

export interface RunPictureOptions extends NetworkOptions, AnswerOptions {
  readonly progress?: Progress | undefined
}

/** Bytes that a file of a picture may have: more than any picture of its most pixels takes. */
const mostBytes = 2 ** 29
/** As many as tell what a file is. */
const head = 256

/**
 * The pixels of a JPEG or PNG file: see `decodePicture`.
 * @throws {InputError} where there is no such file, or it is no picture that is read.
 */
export async function readPicture(
  path: string,
  options: Omit<DecodeOptions, 'name'> = {},
): Promise<Picture> {
  const file = await openFile(path)
  try {
    const start = await file.read(0, Math.min(head, file.size))
    // A network given in a picture's place may have gigabytes.
    if (file.size > mostBytes && isPicture(start))
      throw notRead(
        path,
        `has ${file.size.toLocaleString('en')} bytes, and ${mostBytes.toLocaleString('en')} are read`,
        'Make the picture smaller.',
      )
    const bytes = isPicture(start) ? await file.read(0, file.size) : start
    return await decodePicture(bytes, { ...options, name: path })
  } finally {
    await file.close()
  }
}

/**
 * Whether a file is a JPEG or PNG by its first bytes, whatever its name.
 * @throws {InputError} where there is no such file, or it may not be read.
 */
export async function isPictureFile(path: string): Promise<boolean> {
  return isPicture(await startOf(path, head))
}

/**
 * Asks the network of an ONNX file about a picture, or a picture's file. For several pictures, `openNetwork` once.
 * @throws {InputError} as `readPicture`, `openNetwork` and `ask` do.
 * @throws {RuntimeError} where onnxruntime-node is missing or fails.
 */
export async function runPicture(
  path: string,
  picture: string | Picture,
  { progress, ...options }: RunPictureOptions = {},
): Promise<Answered> {
  const pixels = typeof picture === 'string' ? await readPicture(picture) : picture
  progress?.({ phase: 'load', done: 0, total: 2 })
  const network = await openNetwork(path, options)
  try {
    progress?.({ phase: 'run', done: 1, total: 2 })
    return await network.ask(pixels, options)
  } finally {
    await network.close()
  }
}
