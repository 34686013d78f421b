import { InputError } from '../errors.js'
import { nearestOf } from '../spelling.js'
import type { Axis } from './front.js'
import type { Measured } from './measured.js'
import type { Counted } from './point.js'

/** What every network has, and what it is called. */
const counted: Readonly<Record<string, (one: Counted) => number>> = {
  macs: ({ macs }) => macs,
  parameters: ({ parameters }) => parameters,
  activations: ({ activations }) => activations,
  buffers: ({ buffers }) => buffers,
  weight_bytes: ({ bytes }) => bytes.weights,
  activation_bytes: ({ bytes }) => bytes.activations,
}

/** What networks are compared by where nothing is said: less of each is better. */
export const usualAxes: readonly string[] = ['macs', 'parameters', 'activations']

/**
 * The axes of a front, by name: figures that are counted, and what was measured.
 * @throws {InputError} where there is no such figure, with the nearest, or one is asked for twice.
 */
export function axesOf(
  asked: { readonly least: readonly string[]; readonly most: readonly string[] },
  conventions: readonly string[],
  measured: Measured | undefined,
): readonly Axis<Counted>[] {
  const known = [...Object.keys(counted), ...conventions, ...(measured?.names ?? [])]
  const axes = (['least', 'most'] as const).flatMap((prefer) =>
    asked[prefer].map((name): Axis<Counted> => {
      if (!known.includes(name))
        throw new InputError({
          problem: `--${prefer} asks for ${name || 'nothing'}, which is neither counted nor measured`,
          remedy: `Did you mean ${nearestOf(name, known)}? There are ${known.join(', ')}.`,
        })
      const of = (one: Counted): number | undefined =>
        counted[name]?.(one) ?? one.conventions[name] ?? measured?.of(one, name)
      return { name, prefer, of }
    }),
  )
  const twice = axes.find(({ name }, i) => axes.findIndex((one) => one.name === name) !== i)
  if (twice)
    throw new InputError({
      problem: `${twice.name} is asked for twice`,
      remedy: 'Less of it is better, or more: name it once, behind --least or --most.',
    })
  return axes
}
