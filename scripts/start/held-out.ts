import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { decode } from 'fast-png'
import { openFile } from '../../src/files/open.js'
import type { TensorData } from '../../src/runtime/tensor.js'
import { readTensorFile } from '../../src/weights/formats/read-tensor-file.js'
import { readValues } from '../../src/weights/formats/values.js'

const folder = new URL('../../../examples/digits/', import.meta.url)
const pathOf = (name: string): string => fileURLToPath(new URL(name, folder))

export const weightsPath: string = pathOf('digits.safetensors')
/** A scene of digits that were held out. */
export const scenePath: string = pathOf('scene.png')

/** What the training script found, once it had trained. */
export interface Score {
  readonly heldOut: {
    readonly scenes: number
    readonly digits: number
    readonly digitsRight: number
    /** Intersection over union, the mean of the eleven classes. */
    readonly miou: number
  }
  readonly training: { readonly digits: number; readonly scenes: number }
  readonly versions: { readonly torch: string }
  readonly scene: {
    /** The digits of the scene. */
    readonly digits: readonly number[]
    /** How many of them PyTorch finds, and how many pixels it has right. */
    readonly digitsRight: number
    readonly pixelsRight: number
    /** How far PyTorch's own float32 is from its float64: max |Δ| / max |logit|. */
    readonly float32: number
  }
}

export async function readScore(): Promise<Score> {
  return JSON.parse(await readFile(pathOf('score.json'), 'utf8')) as Score
}

/** Which digit each pixel of the scene belongs to: 0 is none, i + 1 the digit `scene.digits[i]`. */
export async function readPlaces(): Promise<Uint8Array> {
  return Uint8Array.from(decode(await readFile(pathOf('truth.png'))).data)
}

/** PyTorch's answer to the scene, computed in float64: logits at a quarter of its size, classes at its own. */
export async function readPyTorch(): Promise<{ logits: TensorData; labels: Float32Array }> {
  const file = await openFile(pathOf('pytorch.safetensors'))
  try {
    const [container] = (await readTensorFile(file)).containers
    const [labels, logits] = ['labels', 'logits'].map((wanted) =>
      container?.tensors.find(({ name }) => name === wanted),
    )
    if (!labels || !logits) throw new Error(`${file.name} lacks labels or logits`)
    const data = await readValues(logits)
    return { logits: { data, dims: logits.shape }, labels: await readValues(labels) }
  } finally {
    await file.close()
  }
}

/** What became of a digit of the scene. */
export interface Finding {
  readonly digit: number
  /** The class that most of its pixels got: 0 is background, d + 1 the digit d. */
  readonly found: number
  readonly pixels: number
  /** How many of its pixels are right. */
  readonly right: number
}

/** Each digit of the scene by what its pixels were labelled. It counts as right where most of them are. */
export function findings(
  digits: readonly number[],
  places: Uint8Array,
  labels: ArrayLike<number>,
): readonly Finding[] {
  return digits.map((digit, i) => {
    const counts = new Map<number, number>()
    places.forEach((place, at) => {
      const label = labels[at] ?? 0
      if (place === i + 1) counts.set(label, (counts.get(label) ?? 0) + 1)
    })
    const pixels = [...counts.values()].reduce((a, b) => a + b, 0)
    const [found = 0] = [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))
    return { digit, found, pixels, right: counts.get(digit + 1) ?? 0 }
  })
}
