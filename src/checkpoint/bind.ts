import type { Model } from '../dsl/model.js'
import { InputError } from '../errors.js'
import type { StoredTensor } from '../weights/formats/tensor-file.js'
import { isPlain } from '../weights/formats/values.js'
import type { LayoutName } from '../weights/layouts/layout.js'
import type { Weights } from '../weights/source.js'
import { networkHints } from './hints.js'
import { fits, type Keyed, match } from './match.js'
import { misfit } from './misfit.js'
import { epsilonsOf, inPlaceScale, variancesOf } from './norms.js'
import { checkedValues } from './values.js'

export interface BindOptions {
  /** Whether the network was trained with InPlaceABN: the scale of each norm is then |weight| + ε (false). */
  readonly inplaceAbn?: boolean | undefined
  /** Whether values may be NaN or infinite (false). */
  readonly allowNonFinite?: boolean | undefined
}

/** The weights of a network, from a file. */
export interface CheckpointWeights extends Weights {
  readonly layout: LayoutName
  /** Its name in the file; `` where the file itself is one. */
  readonly container: string
  /** How many tensors are read. */
  readonly tensors: number
  /** Keys of the container of which the network has no part: other heads, losses. */
  readonly unused: readonly string[]
  /** What the keys do not show, and may matter. */
  readonly notes: readonly string[]
}

/** A container of a file, open. */
export interface Source extends Keyed {
  /** For people. */
  readonly file: string
  /** It, and those that it names. */
  readonly files: readonly string[]
  readonly container: string
  /** What of the file was not taken. */
  readonly left: readonly string[]
  /** Whether its network may have been trained with InPlaceABN. */
  readonly inplaceAbnHints: readonly string[]
}

/**
 * The weights of a network: a tensor for each parameter, by name and shape, and nothing left over in any part that
 * the network has. Values are read, and checked, one tensor at a time.
 * @throws {InputError} where the two do not fit, or a tensor is of whole numbers; `read` does where a value is NaN or
 * infinite, or a running variance negative.
 */
export function bind(
  source: Source,
  model: Model,
  { inplaceAbn = false, allowNonFinite = false }: BindOptions = {},
): CheckpointWeights {
  const { file, files, container, layout, left, inplaceAbnHints } = source
  const matched = match(model, source)
  if (!fits(matched)) throw misfit(file, model, source, matched)
  const { found, unused } = matched
  expectFloats(file, [...found.values()])
  const variances = variancesOf(model)
  const epsilons = inplaceAbn ? epsilonsOf(model) : undefined
  return {
    label: `${file.replace(/^.*[/\\]/, '')} (${layout.name}${inplaceAbn ? ', InPlaceABN' : ''})`,
    files,
    layout: layout.name,
    container,
    tensors: found.size,
    unused: unused.map(({ name }) => name),
    notes: [
      ...left,
      ...(inplaceAbn ? [] : inplaceAbnHints),
      ...networkHints(source, model, inplaceAbn),
    ],
    fresh: true,
    read: async ({ attributes: { name } }) => {
      const tensor = found.get(name)
      if (!tensor) throw notOf(file, model, name)
      const checks = { allowNonFinite, variance: variances.has(name) }
      const values = await checkedValues(file, tensor, checks)
      const epsilon = epsilons?.get(name)
      return epsilon === undefined ? values : inPlaceScale(values, epsilon)
    },
    stored: ({ attributes: { name } }) => {
      const tensor = found.get(name)
      if (!tensor || !isPlain(tensor) || epsilons?.has(name)) return undefined
      return { path: tensor.source.name, offset: tensor.offset }
    },
  }
}

function notOf(file: string, model: Model, name: string): InputError {
  return new InputError({
    problem: `${name} is asked of weights of ${file} that were bound to ${model.name}, which has no such parameter`,
    remedy: 'Bind the file to the network that is built.',
  })
}

function expectFloats(file: string, tensors: readonly StoredTensor[]): void {
  const [first, ...others] = tensors.filter(({ type }) => /int|bool/.test(type))
  if (!first) return
  const more = others.length > 0 ? `, and ${others.length} others` : ''
  throw new InputError({
    problem: `${file}: ${first.name} is ${first.type}${more}; parameters are floats`,
    remedy: 'Save the network as it was before it was quantised.',
  })
}
