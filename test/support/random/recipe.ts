import fc from 'fast-check'
import { beyond, foreigners, jumps } from './foreign.js'
import { joins } from './joins.js'
import { type Layers, layers } from './layers.js'
import { stages } from './stages.js'

/** A network as plain data, which shrinks well: any is valid, and 0 is the simplest of all numbers in it. */
export interface Recipe {
  readonly channels: number
  /** [height, width] that is wanted: more, where some level does not take it. */
  readonly size: readonly [number, number]
  readonly steps: readonly Step[]
  /** Which values are outputs besides the latest, counted back from it. */
  readonly outputs: readonly number[]
  /** How its ends are deployed, where they are. */
  readonly ends?: Ends | undefined
}

export interface Step {
  /** Of `allLayers`. */
  readonly layer: string
  readonly choices: readonly number[]
}

export interface Ends {
  readonly pixels: boolean
  readonly output: 'logits' | 'softmax' | 'argmax' | undefined
  readonly toInput: boolean
}

export type Group = 'layers' | 'joins' | 'stages' | 'foreigners' | 'beyond' | 'jumps'

/** Steps by what they are of, and how often they come. */
const groups: Readonly<Record<Group, { readonly layers: Layers; readonly weight: number }>> = {
  layers: { layers, weight: 6 },
  joins: { layers: joins, weight: 6 },
  stages: { layers: stages, weight: 4 },
  foreigners: { layers: foreigners, weight: 1 },
  beyond: { layers: beyond, weight: 1 },
  jumps: { layers: jumps, weight: 1 },
}

export const allLayers: Layers = {
  ...layers,
  ...joins,
  ...stages,
  ...foreigners,
  ...beyond,
  ...jumps,
}

const step = (of: readonly Group[]): fc.Arbitrary<Step> =>
  fc.record({
    layer: fc.oneof(
      { withCrossShrink: true },
      ...of.map((group) => ({
        arbitrary: fc.constantFrom(...Object.keys(groups[group].layers)),
        weight: groups[group].weight,
      })),
    ),
    choices: fc.array(fc.nat({ max: 59 }), { maxLength: 24, size: 'max' }),
  })

const ends: fc.Arbitrary<Ends> = fc.record({
  pixels: fc.boolean(),
  output: fc.constantFrom(undefined, 'logits' as const, 'softmax' as const, 'argmax' as const),
  toInput: fc.boolean(),
})

export const everything: readonly Group[] = Object.keys(groups) as Group[]

/** Networks of the steps of some groups. */
export function recipes(of: readonly Group[], most = 16): fc.Arbitrary<Recipe> {
  return fc.record({
    channels: fc.integer({ min: 1, max: 4 }),
    size: fc.tuple(side, side),
    steps: fc.array(step(of), { maxLength: most, size: 'max' }),
    outputs: fc.array(fc.nat({ max: 15 }), { maxLength: 6, size: 'max' }),
    ends: fc.option(ends, { nil: undefined, freq: 4 }),
  })
}

/** Mostly what every stride divides. */
const side = fc.oneof({ arbitrary: fc.constant(16), weight: 3 }, fc.integer({ min: 3, max: 20 }))
