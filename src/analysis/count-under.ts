import { InputError } from '../errors.js'
import { nearestOf } from '../spelling.js'
import { type Convention, type ConventionName, conventions } from './conventions.js'
import { expectExact } from './expect.js'
import type { Measure, Quantity } from './quantities.js'

/** A network's figure under a convention. */
export interface ConventionFigure {
  readonly name: ConventionName
  /** The whole number, unscaled. */
  readonly value: number
  /** What it counts, in the tool's own word. */
  readonly unit: string
  /** As the tool prints it. */
  readonly printed: string
  /** Operators that the network has and the convention does not cover: nothing of them is in the value. */
  readonly uncovered: readonly string[]
}

export const conventionNames: readonly ConventionName[] = Object.keys(
  conventions,
) as ConventionName[]

/** The convention of a name. @throws {InputError} where there is none, with the nearest. */
export function conventionNamed(name: string): ConventionName {
  if (Object.hasOwn(conventions, name)) return name as ConventionName
  throw new InputError({
    problem: `there is no counting convention “${name}”`,
    remedy: `Did you mean ${nearestOf(name.toLowerCase(), conventionNames)}? There are ${conventionNames.join(', ')}.`,
  })
}

/**
 * A network's figure under a convention, from what it was measured to have.
 * @throws {InputError} where it is past 2^53 and would not be exact.
 */
export function countUnder(measure: Measure, name: ConventionName): ConventionFigure {
  const { counts, unit, print, perImage }: Convention = conventions[name]
  const uncovered = new Set(measure.operators.get('foreign'))
  let sum = 0
  for (const [quantity, coefficient] of Object.entries(counts) as [
    Quantity,
    number | 'uncovered',
  ][])
    if (coefficient !== 'uncovered') sum += coefficient * measure.of[quantity]
    else for (const operator of measure.operators.get(quantity) ?? []) uncovered.add(operator)
  const value = perImage ? sum / measure.batch : sum
  expectExact(measure.graph, value, `${unit} of ${name}`)
  return { name, value, unit, printed: print(value), uncovered: [...uncovered] }
}
