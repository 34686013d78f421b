import type { StoredType } from './tensor-file.js'

/** What a pickle builds here: the data that tensors are found by, and nothing that does anything. */
export type Pickled =
  | null
  | boolean
  | number
  | string
  | readonly Pickled[]
  | ReadonlyMap<Pickled, Pickled>
  | Opaque
  | Global
  | Storage
  | Tensor
  | Unreadable

/** A thing that is there and is not looked into: bytes, a set, a numpy array, a date. */
export interface Opaque {
  readonly kind: 'opaque'
}

export const opaque: Opaque = { kind: 'opaque' }

/** Makes the error of a problem, with its place. */
export type Wrong = (problem: string, remedy?: string) => Error

/** A name that a pickle may use, and what heddle makes of a call of it. */
export interface Global {
  readonly kind: 'global'
  readonly name: string
  readonly call?: (args: readonly Pickled[], wrong: Wrong) => Pickled
  /** Of a storage class or a dtype. */
  readonly element?: Element
}

/** A type of elements; those without `type` are known by their size alone. */
export interface Element {
  readonly name: string
  readonly bytes: number
  readonly type?: StoredType
}

/** Elements that tensors share, by their key in the file. */
export interface Storage {
  readonly kind: 'storage'
  readonly key: string
  readonly element: Element
  /** In elements. */
  readonly size: number
  /** A part of it that stands for it, in elements; the whole of it in files of today. */
  readonly part: { readonly first: number; readonly size: number }
  /** `cpu`, `cuda:0`. */
  readonly place: string
}

export interface Tensor {
  readonly kind: 'tensor'
  readonly storage: Storage
  readonly element: Element
  /** In elements, from the beginning of the storage's part. */
  readonly first: number
  readonly shape: readonly number[]
  readonly strides: readonly number[]
}

/** A tensor that heddle does not read; its container is refused where it is wanted. */
export interface Unreadable {
  readonly kind: 'unreadable'
  /** `is quantized`. */
  readonly why: string
}
