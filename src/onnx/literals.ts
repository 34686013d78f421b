import { numberToHalf } from '../half.js'
import { field, fieldHead, joined } from './framing.js'
import { graphField, rawData, tensorHead } from './messages.js'
import type { Names } from './names.js'

const arrays = {
  float32: (values: readonly number[]) => Float32Array.from(values),
  float16: (values: readonly number[]) => Uint16Array.from(values, numberToHalf),
  int64: (values: readonly number[]) => BigInt64Array.from(values, BigInt),
} as const

/** Small tensors that are part of the graph itself, such as the scales of a resize: each is stored once. */
export class Literals {
  /** Fields of the graph. */
  readonly initializers: Uint8Array[] = []
  readonly #known = new Map<string, string>()
  readonly #taken: Names

  constructor(taken: Names) {
    this.#taken = taken
  }

  integers(values: readonly number[]): string {
    return this.#literal('int64', values, [values.length])
  }

  floats(
    values: readonly number[],
    shape: readonly number[] = [values.length],
    element: 'float32' | 'float16' = 'float32',
  ): string {
    return this.#literal(element, values, shape)
  }

  #literal(
    element: keyof typeof arrays,
    values: readonly number[],
    shape: readonly number[],
  ): string {
    const key = `${element} ${shape.join('x')} ${values.join(' ')}`
    const known = this.#known.get(key)
    if (known) return known
    const name = this.#taken.unique(`/constants/${this.#known.size}`)
    this.#known.set(key, name)
    const bytes = new Uint8Array(arrays[element](values).buffer)
    const head = tensorHead(name, element, shape)
    this.initializers.push(
      field(graphField.initializer, joined([head, fieldHead(rawData, bytes.length), bytes])),
    )
    return name
  }
}
