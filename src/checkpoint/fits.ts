import { InputError } from '../errors.js'
import type { ZooOptions } from '../models/family.js'
import { families } from '../models/zoo.js'
import { optionText } from '../spelling.js'
import { canonicalName } from '../weights/layouts/recognise.js'
import { marksOf } from './marks.js'
import { fits, type Keyed, match } from './match.js'
import { applying, shownBy } from './shown.js'

/** A network of the zoo beside a file. It fits where nothing is missing and nothing is extra. */
export interface Fit {
  /** Its name in the zoo. */
  readonly model: string
  readonly options: ZooOptions
  /** Parameters without a tensor of their name and shape. */
  readonly missing: readonly string[]
  /** Keys within a part that the network has, and nothing of it. */
  readonly extra: readonly string[]
  /** Keys within parts that the network has not: other heads, losses. */
  readonly unused: readonly string[]
}

/** How many networks that do not fit are told of beside those that do. */
const nearMisses = 3

/**
 * The networks of the zoo that a file fits, those that leave least unused first; then those that it nearly fits.
 * Width, classes, joints, units, stems and the variants of the head are taken from the shapes of its tensors. Only
 * networks whose marks it has are made.
 */
export function fitsOf(keyed: Keyed): readonly Fit[] {
  const { width, options } = shownBy(keyed)
  const names = new Set(keyed.tensors.map(({ name }) => canonicalName(name, keyed.layout)))
  const fitting: Fit[] = []
  const near: Fit[] = []
  for (const family of families) {
    if (!marksOf(family).every((mark) => names.has(mark))) continue
    const asked = applying(family, options)
    try {
      const model = family.make(family.name.includes('{C}') ? width : undefined, asked)
      const found = match(model, keyed)
      const amiss = [...found.misshapen.map(({ parameter }) => parameter), ...found.missing]
      const fit: Fit = {
        model: model.name,
        options: asked,
        missing: amiss.map(({ attributes }) => attributes.name),
        extra: [...found.extra, ...found.ambiguous.flat()].map(({ name }) => name),
        unused: found.unused.map(({ name }) => name),
      }
      if (fits(found)) fitting.push(fit)
      else if (found.found.size > faults(fit)) near.push(fit)
    } catch (error) {
      // A width or classes that the family has not: bottleneck units of 18.
      if (!(error instanceof InputError)) throw error
    }
  }
  return [
    ...fitting.sort((a, b) => a.unused.length - b.unused.length),
    ...near.sort((a, b) => faults(a) - faults(b)).slice(0, nearMisses),
  ]
}

export function isFit(fit: Fit): boolean {
  return faults(fit) === 0
}

function faults({ missing, extra }: Fit): number {
  return missing.length + extra.length
}

/** A network as the command line takes it: `hrnet-v2-w18 --classes 21`. */
export function fitText({ model, options }: Fit): string {
  return [model, fitOptions(options)].filter((text) => text !== '').join(' ')
}

export function fitOptions(options: ZooOptions): string {
  return Object.entries(options)
    .map(([option, value]) => optionText(option, value))
    .join(' ')
}
