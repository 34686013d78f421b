import type { InputError } from '../../errors.js'
import type { ByteSource } from './bytes.js'

/** Element types that files hold. */
export type StoredType =
  | 'float64'
  | 'float32'
  | 'float16'
  | 'bfloat16'
  | 'int64'
  | 'int32'
  | 'int16'
  | 'int8'
  | 'uint8'
  | 'bool'

/** A tensor in a file: where its elements are. All of them lie within the file; that was checked. */
export interface StoredTensor {
  /** Its key in its container, as it is written. */
  readonly name: string
  readonly shape: readonly number[]
  readonly type: StoredType
  readonly source: ByteSource
  /** Of the first element, in bytes. */
  readonly offset: number
  /** From an element to the next along each axis, in elements. */
  readonly strides: readonly number[]
  readonly littleEndian: boolean
}

/** A dictionary of tensors in a file: `state_dict`, `model`, `state_dict_ema`; `` where the file itself is one. */
export interface Container {
  readonly name: string
  readonly tensors: readonly StoredTensor[]
  /** Where it has tensors that heddle does not read: the error of who takes it. */
  readonly refused?: InputError
}

/** A file of tensors, of which only the table of contents was read. */
export interface TensorFile {
  readonly format: 'safetensors' | 'pytorch' | 'pytorch-legacy'
  /** In the order of the file. */
  readonly containers: readonly Container[]
  /** What else stands at the top of the file, by its key: `optimizer`, `meta`, `args`, `epoch`. */
  readonly others: readonly string[]
}
