import { saveStateDict } from './damaged.js'
import type { Element, Global, Pickled, Storage, Tensor, Unreadable, Wrong } from './pickled.js'
import { mostAxes } from './place.js'

export function isList(value: Pickled | undefined): value is readonly Pickled[] {
  return Array.isArray(value)
}

type Kinds = Exclude<Extract<Pickled, object>, readonly Pickled[] | ReadonlyMap<Pickled, Pickled>>

/** A value of a kind, or nothing. */
export function ofKind<K extends Kinds['kind']>(
  value: Pickled | undefined,
  kind: K,
): Extract<Kinds, { readonly kind: K }> | undefined {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return undefined
  return value.kind === kind ? (value as Extract<Kinds, { readonly kind: K }>) : undefined
}

/**
 * What a persistent id stands for: `('storage', class, key, device, elements)`, and in files of before PyTorch 1.6
 * a part of the storage, `(key, first, elements)`.
 */
export function storageOf(id: Pickled, wrong: Wrong): Storage {
  if (!isList(id)) throw wrong('what stands for a storage is no tuple')
  const [what, type, key, place, size, part = null] = id
  if (what === 'module') throw wrong('a whole module is pickled, not its tensors', saveStateDict)
  const element = ofKind(type, 'global')?.element
  if (what !== 'storage' || !element || typeof key !== 'string' || typeof place !== 'string')
    throw wrong('what stands for a storage is none')
  const storage = { kind: 'storage', key, element, size: count(size, wrong), place } as const
  if (part === null) return { ...storage, part: { first: 0, size: storage.size } }
  if (!isList(part)) throw wrong('what stands for a part of a storage is no tuple')
  const [first, length] = [count(part[1], wrong), count(part[2], wrong)]
  if (first + length > storage.size)
    throw wrong(`a part of a storage reaches to ${first + length} of its ${storage.size} elements`)
  return { ...storage, part: { first, size: length } }
}

function count(value: Pickled | undefined, wrong: Wrong): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw wrong(
      `${typeof value === 'number' ? value : 'what is no number'} stands for a number of elements`,
    )
  return value
}

function counts(value: Pickled | undefined, wrong: Wrong): readonly number[] {
  if (!isList(value)) throw wrong('the shape or the strides of a tensor are no tuple')
  if (value.length > mostAxes)
    throw wrong(`a tensor has ${value.length} axes; ${mostAxes} is the most`)
  return value.map((each) => count(each, wrong))
}

/** `_rebuild_tensor`, `_rebuild_tensor_v2`: (storage, first, shape, strides, …). */
export function rebuildTensor(args: readonly Pickled[], wrong: Wrong): Tensor {
  const storage = ofKind(args[0], 'storage')
  if (!storage) throw wrong('a tensor is made of what is no storage')
  return tensorOf(storage, storage.element, args, wrong)
}

/** `_rebuild_tensor_v3`: of untyped storages, with the dtype behind. */
export function rebuildOfType(args: readonly Pickled[], wrong: Wrong): Tensor {
  const storage = ofKind(args[0], 'storage')
  const element = ofKind(args[6], 'global')?.element
  if (!storage || !element) throw wrong('a tensor is made of what is no storage, or no dtype')
  return tensorOf(storage, element, args, wrong)
}

function tensorOf(
  storage: Storage,
  element: Element,
  [, first, shape, strides]: readonly Pickled[],
  wrong: Wrong,
): Tensor {
  return {
    kind: 'tensor',
    storage,
    element,
    first: count(first, wrong),
    shape: counts(shape, wrong),
    strides: counts(strides, wrong),
  }
}

/** `_rebuild_parameter`, `_rebuild_parameter_with_state`: (tensor, …). */
export function rebuildParameter([data]: readonly Pickled[], wrong: Wrong): Tensor | Unreadable {
  const tensor = ofKind(data, 'tensor') ?? ofKind(data, 'unreadable')
  if (!tensor) throw wrong('a parameter is made of what is no tensor')
  return tensor
}

/** `_rebuild_from_type_v2`: (function, class, its arguments, state), of a tensor that has attributes. */
export function rebuildFromType(args: readonly Pickled[], wrong: Wrong): Pickled {
  const make = ofKind(args[0], 'global')
  const type = ofKind(args[1], 'global')
  if (!make?.call || !rebuilds.test(make.name) || !type || !isList(args[2]))
    throw wrong('a tensor with attributes is made of what is none')
  return make.call(args[2], wrong)
}

const rebuilds = /^torch\._utils\._rebuild_/

/** A function whose tensors are there, and not read. */
export function unreadable(why: string): NonNullable<Global['call']> {
  return () => ({ kind: 'unreadable', why })
}
