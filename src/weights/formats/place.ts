import { damaged } from './damaged.js'
import { elementBytes } from './elements.js'
import type { StoredTensor } from './tensor-file.js'
import { mayOverlap, readAtOnce, spanOf } from './view.js'

/** The most that one tensor may hold, in elements: 4 GiB of float32. */
const mostElements = 2 ** 30
/** What a tensor with a stride of 0 may hold, though the file has one element of it. */
const mostRepeated = 2 ** 24
/** Axes of a tensor; PyTorch has at most 64. */
export const mostAxes = 64

/** A tensor as its file tells of it, before it is known to be there. */
export interface Claim extends Omit<StoredTensor, 'offset'> {
  /** Of the first element in the region, in elements. */
  readonly first: number
  /** The bytes of the file that the tensor may lie in. */
  readonly region: { readonly offset: number; readonly size: number }
}

/**
 * A tensor whose every element is known to lie in its region.
 * @throws {InputError} where sides and strides lead beyond it, or to more elements than can be held.
 */
export function placeTensor({ first, region, ...tensor }: Claim): StoredTensor {
  const { name, shape, strides, source, type } = tensor
  const wrong = (problem: string, remedy?: string): Error =>
    damaged(source, `tensor ${printName(name)} ${problem}`, remedy)
  if (shape.length > mostAxes) throw wrong(`has ${shape.length} axes; ${mostAxes} is the most`)
  if (strides.length !== shape.length)
    throw wrong(`has ${shape.length} sides and ${strides.length} strides`)
  for (const [what, numbers] of [['a side', shape] as const, ['a stride', strides] as const])
    for (const each of numbers)
      if (!Number.isSafeInteger(each) || each < 0) throw wrong(`has ${what} of ${each}`)
  if (!Number.isSafeInteger(first) || first < 0) throw wrong(`begins at element ${first}`)
  const count = shape.includes(0) ? 0 : shape.reduce((product, side) => product * side, 1)
  const placed = { ...tensor, offset: region.offset + first * elementBytes[type] }
  if (count === 0) return { ...placed, offset: region.offset }
  if (count > mostElements)
    throw wrong(`has ${count} elements; ${mostElements} is the most that heddle reads`)
  const view = { offset: 0, shape, strides }
  const span = spanOf(view)
  const there = Math.floor(region.size / elementBytes[type])
  if (first + span > there)
    throw wrong(`reaches to element ${first + span} of ${there} that are stored`)
  if (count > span && count > mostRepeated)
    throw wrong(`repeats ${span} stored elements to ${count}; ${mostRepeated} is the most`)
  if (span * elementBytes[type] > readAtOnce && mayOverlap(view))
    throw wrong(
      `overlaps itself over ${span * elementBytes[type]} bytes; ${readAtOnce} is the most`,
    )
  return placed
}

/** A name from a file in quotes, on one line and not for ever; nothing in it reaches a terminal but letters. */
export function printName(name: string): string {
  const quoted = JSON.stringify(name.slice(0, 200)).replace(
    /\p{C}/gu,
    (letter) => `\\u{${letter.codePointAt(0)?.toString(16)}}`,
  )
  return name.length > 200 ? `${quoted}…` : quoted
}

/** The same without quotes where it is plain, as names are. */
export function shownName(name: string): string {
  return /^[^\p{C}\p{Z}]{1,200}$/u.test(name) ? name : printName(name)
}
