import { equalShapes } from '../../../src/compiler/dimension.js'
import type { Value } from '../../../src/compiler/node.js'
import { Feature, type Tensorial, Vector } from '../../../src/dsl/feature.js'
import type { Stride } from '../../../src/index.js'
import { Term } from './term.js'

export type MapTerm = Term<Feature>
export type VectorTerm = Term<Vector>
export type BranchesTerm = Term<readonly Feature[]>

/** What has been made so far, the latest last. */
export interface Made {
  readonly all: Term<Tensorial>[]
  readonly branches: BranchesTerm[]
}

/** Puts what a step made to the rest: of a list each by its place too. */
export function keep(made: Made, { value, text }: Term): void {
  if (!Array.isArray(value)) {
    made.all.push(new Term(value as Tensorial, text))
    return
  }
  const list = value as readonly Feature[]
  made.all.push(...list.map((x, i) => new Term(x, `${text}[${i}]`)))
  if (list.every(({ stride }, i) => stride === (list[0]?.stride ?? 0) * 2 ** i))
    made.branches.push(new Term(list, text))
}

/** The choices of one step: whole numbers, of which 0 is the simplest; it goes on with 0 where they end. */
export interface Picks {
  /** The number of the step, for names. */
  readonly step: number
  one<T>(of: readonly T[]): T
  /** Yes for one number in `times`. */
  rarely(times: number): boolean
  width(): number
  /** A map, the latest first; one that fits, where `fits` is given and there is one besides. */
  map(fits?: (x: Feature) => boolean): MapTerm
  /** A map of the same width, stride and size, perhaps the same. */
  like(x: MapTerm): MapTerm
  vector(): VectorTerm | undefined
  branches(): BranchesTerm
  /** By how much a map may be coarsened at most. */
  room(x: Feature): number
}

/** Past this a map has less than a pixel. */
export const coarsest: Stride = 16

export function picks(made: Made, choices: readonly number[], step: number): Picks {
  let next = 0
  const number = (): number => choices[next++] ?? 0
  const one = <T>(of: readonly T[]): T => of[number() % of.length] as T
  const latest = <T>(of: readonly T[]): T => one(of.toReversed())
  const map = (fits: (x: Feature) => boolean = () => true): MapTerm => {
    const maps = made.all.filter(isMap)
    const fitting = maps.filter(({ value }) => fits(value))
    return latest(fitting.length > 0 ? fitting : maps)
  }
  return {
    step,
    one,
    rarely: (times) => number() % times === times - 1,
    width: () => one([4, 1, 2, 3, 6, 8]),
    map,
    like: (x) =>
      map((other) => alike(other.value, x.value.value) && other.stride === x.value.stride),
    vector: () => {
      const vectors = made.all.filter(isVector)
      return vectors.length > 0 ? latest(vectors) : undefined
    },
    branches: () => {
      if (made.branches.length > 0 && !(number() % 4 === 3)) return latest(made.branches)
      const x = map()
      return new Term([x.value], `[${x.text}]`)
    },
    room: (x) => coarsest / x.stride,
  }
}

export function isMap(term: Term<Tensorial>): term is MapTerm {
  return term.value instanceof Feature
}

export function isVector(term: Term<Tensorial>): term is VectorTerm {
  return term.value instanceof Vector
}

/** Whether two values have one shape, whatever the input's size. */
export function alike(a: Value, b: Value): boolean {
  return equalShapes(a.type.shape, b.type.shape)
}

/** Whether two maps have one height and width, whatever the input's size. */
export function sameSize(a: Feature, b: Feature): boolean {
  return (
    a.stride === b.stride && equalShapes(a.value.type.shape.slice(2), b.value.type.shape.slice(2))
  )
}
