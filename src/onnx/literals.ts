import { field, fieldHead, joined } from './framing.js'
import { graphField, rawData, tensorHead } from './messages.js'
import type { Names } from './names.js'

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

  floats(values: readonly number[], shape: readonly number[] = [values.length]): string {
    return this.#literal('float32', values, shape)
  }

  #literal(
    element: 'float32' | 'int64',
    values: readonly number[],
    shape: readonly number[],
  ): string {
    const key = `${element} ${shape.join('x')} ${values.join(' ')}`
    const known = this.#known.get(key)
    if (known) return known
    const name = this.#taken.unique(`/constants/${this.#known.size}`)
    this.#known.set(key, name)
    const data =
      element === 'float32' ? Float32Array.from(values) : BigInt64Array.from(values, BigInt)
    const bytes = new Uint8Array(data.buffer)
    const head = tensorHead(name, element, shape)
    this.initializers.push(
      field(graphField.initializer, joined([head, fieldHead(rawData, bytes.length), bytes])),
    )
    return name
  }
}
