import type { TensorElement, TensorNumbers } from '../../tensor.js'

type Elements = Exclude<TensorElement, 'string'>

interface NumbersConstructor {
  readonly BYTES_PER_ELEMENT: number
  new (buffer: ArrayBuffer): TensorNumbers
}

/** ONNX's number for each element type, and the array that holds such elements. */
const elements: Readonly<Record<Elements, readonly [number, NumbersConstructor]>> = {
  float32: [1, Float32Array],
  uint8: [2, Uint8Array],
  int8: [3, Int8Array],
  uint16: [4, Uint16Array],
  int16: [5, Int16Array],
  int32: [6, Int32Array],
  int64: [7, BigInt64Array],
  bool: [9, Uint8Array],
  float16: [10, Uint16Array],
  float64: [11, Float64Array],
  uint32: [12, Uint32Array],
  uint64: [13, BigUint64Array],
}
const text = 8

const byNumber: ReadonlyMap<number, TensorElement> = new Map([
  ...Object.entries(elements).map(([type, [number]]) => [number, type as TensorElement] as const),
  [text, 'string'],
])

/** The element type of one of ONNX's numbers; `undefined` where sessions take none such. */
export function elementOf(number: number): TensorElement | undefined {
  return byNumber.get(number)
}

/**
 * ONNX's number of an element type, and its array.
 * @throws for texts, which are no numbers in memory.
 */
export function numbersOf(
  type: TensorElement,
  name: string,
): readonly [number, NumbersConstructor] {
  if (type === 'string') throw new Error(`${name} is of texts, which engine c-api does not carry`)
  return elements[type]
}
