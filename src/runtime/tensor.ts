/** The element types that sessions take and give. float16 travels as its bits, in a Uint16Array. */
export type TensorElement =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'bool'
  | 'string'

export type TensorNumbers =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array

/** A tensor's elements, the last side fastest. */
export interface TensorData {
  readonly data: TensorNumbers | readonly string[]
  readonly dims: readonly number[]
  /** float32 where left out. */
  readonly type?: TensorElement
}

/** The tensors of a run by name. */
export type Tensors = Readonly<Record<string, TensorData>>

/** What a model takes or gives: a side is a number, or the name of one that is only known when it runs. */
export interface Port {
  readonly name: string
  readonly type: TensorElement | 'other'
  readonly shape: readonly (number | string)[]
}
