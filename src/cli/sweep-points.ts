import { InputError } from '../errors.js'
import type { ZooOptions } from '../models/family.js'
import { findFamily } from '../models/zoo.js'
import { expandPattern } from '../sweep/pattern.js'
import { inputText, keyOf, optionsText, type Point } from '../sweep/point.js'
import { fileArgument } from './file-argument.js'
import { takesSwept, zooOptions } from './options.js'
import { type Asked, ownOptions, sharedOptions } from './own-options.js'
import type { SweepOptions } from './swept.js'

/** Whether an argument is a file that a sweep has written. */
export function isResults(argument: string): boolean {
  return argument.endsWith('.csv')
}

/**
 * What the arguments of a sweep ask for, each once: every network that a pattern stands for at every input and batch,
 * those of one network beside each other.
 * @throws {InputError} where a pattern is wrong, or a file of the user's is meant.
 */
export function pointsOf(written: readonly string[], options: SweepOptions): readonly Point[] {
  const networks = written.flatMap((each): readonly Asked<Partial<SweepOptions>>[] => {
    const { argument, options: own } = ownOptions<SweepOptions>(each, takesSwept)
    return expandPattern(argument).map((name) => ({ argument: name, options: own }))
  })
  const families = networks.map(({ argument }) => findFamily(argument)?.family)
  const shared = sharedOptions(families, options)
  const points = networks.flatMap(({ argument, options: own }, i): readonly Point[] => {
    expectOfZoo(argument)
    const asked = { ...shared[i], ...own }
    const { input = [families[i]?.size], batch = [1] } = asked
    return input.flatMap((size) =>
      batch.map((images) => ({
        network: argument,
        options: given(asked),
        input: size,
        batch: images,
      })),
    )
  })
  return [...new Map(points.map((point) => [keyOfPoint(point), point])).values()]
}

/** The key that a point has once it is counted. */
export function keyOfPoint(point: Point): string {
  const input = point.input ? inputText(point.input) : ''
  return keyOf({
    network: point.network,
    options: optionsText(point),
    input,
    batch: point.batch ?? 1,
  })
}

function given(asked: SweepOptions): ZooOptions {
  return Object.fromEntries(
    Object.entries(zooOptions(asked)).filter(([, value]) => value !== undefined),
  )
}

/** What a file makes may be another network tomorrow, and what was counted of it would stand in files of results. */
function expectOfZoo(argument: string): void {
  if (fileArgument(argument))
    throw new InputError({
      problem: `${argument} is a file, and a sweep counts networks of the zoo`,
      remedy: 'heddle count and heddle compare take files; heddle models lists the zoo.',
    })
}
