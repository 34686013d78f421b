import type { Model } from '../dsl/model.js'
import { InputError } from '../errors.js'
import { findFamily } from '../models/zoo.js'
import { listed, nearestOf } from '../spelling.js'
import { shownName } from '../weights/formats/place.js'
import type { StoredTensor } from '../weights/formats/tensor-file.js'
import { fitsOf, fitText, isFit } from './fits.js'
import type { Keyed, Match } from './match.js'

/** How many of each kind are told by name. */
const shown = 4

/** The error of a file that does not fit a network: what is amiss, and the network of the zoo that it does fit. */
export function misfit(file: string, model: Model, keyed: Keyed, found: Match): InputError {
  const { missing, misshapen, ambiguous, extra, unused } = found
  const known = missing.length + misshapen.length + ambiguous.length + found.found.size
  const lines = [
    kind(
      'missing',
      missing.map(({ attributes: { name, shape } }) => `${name} ${sides(shape)}`),
    ),
    nearestText(missing, [...extra, ...unused]),
    kind(
      'of another shape',
      misshapen.map(
        ({ parameter: { attributes }, tensor }) =>
          `${shownName(tensor.name)} is ${sides(tensor.shape)}, not ${sides(attributes.shape)}`,
      ),
    ),
    kind(
      'twice in the file',
      ambiguous.map((tensors) => tensors.map(({ name }) => shownName(name)).join(' and ')),
    ),
    kind(
      'extra',
      extra.map(({ name, shape }) => `${shownName(name)} ${sides(shape)}`),
    ),
  ]
  return new InputError({
    problem: [
      `${file} does not fit ${model.name}: ${found.found.size} of ${known} parameters are in it`,
      ...lines.filter((line) => line !== undefined).map((line) => `  ${line}`),
    ].join('\n'),
    remedy: remedyFor(file, model, keyed),
  })
}

/** The network of the same kind that fits, or else the best. */
function remedyFor(file: string, asked: Model, keyed: Keyed): string {
  const all = fitsOf(keyed)
  const fitting = all.filter(isFit)
  const kind = findFamily(asked.name)?.family
  const same = fitting.find(({ model }) => findFamily(model)?.family === kind)
  if (same) return `It fits ${fitText(same)}.`
  const [best] = fitting
  // What is asked for may be among these: the head of another network.
  if (best) {
    const left =
      best.unused.length > 0 ? `, which has no part of ${best.unused.length} of its tensors` : ''
    return `It fits ${fitText(best)}${left}.`
  }
  const [near] = all
  return near
    ? `No network of the zoo fits; nearest is ${fitText(near)}: see heddle inspect ${file}.`
    : `No network of the zoo has such tensors: heddle inspect ${file} lists them.`
}

function kind(what: string, all: readonly string[]): string | undefined {
  if (all.length === 0) return undefined
  return `${what} (${all.length}): ${listed(all, shown)}`
}

/** For the first parameter that may stand in the file under another name: what is like it, of its shape. */
function nearestText(missing: Match['missing'], free: readonly StoredTensor[]): string | undefined {
  for (const { attributes } of missing.slice(0, shown)) {
    // A name of twice the length is not like it, and may be of any length.
    const alike = free.filter(
      ({ name, shape }) =>
        name.length <= 2 * attributes.name.length && shape.join() === attributes.shape.join(),
    )
    if (alike.length === 0) continue
    const nearest = nearestOf(
      attributes.name,
      alike.map(({ name }) => name),
    )
    return `nearest to ${attributes.name}, of its shape: ${shownName(nearest)}`
  }
  return undefined
}

function sides(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`
}
