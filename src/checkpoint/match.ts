import { parametersOf } from '../compiler/graph.js'
import type { NodeOf } from '../compiler/node.js'
import type { Model } from '../dsl/model.js'
import type { StoredTensor } from '../weights/formats/tensor-file.js'
import type { Layout } from '../weights/layouts/layout.js'
import { canonicalName, canonicalParameter } from '../weights/layouts/recognise.js'

type Parameter = NodeOf<'parameter'>

/** The tensors of a container, with the layout of their keys. */
export interface Keyed {
  readonly tensors: readonly StoredTensor[]
  readonly layout: Layout
}

/** A network's parameters and a container's tensors, side by side. */
export interface Match {
  /** By the parameter's name: one tensor of its name and shape. */
  readonly found: ReadonlyMap<string, StoredTensor>
  readonly missing: readonly Parameter[]
  readonly misshapen: readonly { readonly parameter: Parameter; readonly tensor: StoredTensor }[]
  /** Two or more tensors that would be one parameter. */
  readonly ambiguous: readonly (readonly StoredTensor[])[]
  /** Within a part that the network has, and nothing of it. A part is the first component of a name. */
  readonly extra: readonly StoredTensor[]
  /** Within parts that the network has not, or tables of biases of positions where it has none. */
  readonly unused: readonly StoredTensor[]
}

/** The names that keys and parameters meet by. */
interface Reading {
  key(key: string): string
  parameter(name: string): string
}

/** As the names stand, or as the layout has them: whichever more parameters have a tensor by. */
export function match(model: Model, { tensors, layout }: Keyed): Match {
  const parameters = parametersOf(model.graph)
  const asTheyStand: Reading = { key: (key) => key, parameter: (name) => name }
  const byLayout: Reading = {
    key: (key) => canonicalName(key, layout),
    parameter: (name) => canonicalParameter(name, layout),
  }
  const counted = tensors.filter(({ name }) => !isBookkeeping(name))
  const own = compare(parameters, counted, asTheyStand)
  if (own.missing.length === 0) return own
  const theirs = compare(parameters, counted, byLayout)
  return own.missing.length <= theirs.missing.length ? own : theirs
}

/**
 * How many batches a norm has seen, and which rows of its table a window looks up, which its size alone says: of no use,
 * and never told of.
 */
export function isBookkeeping(key: string): boolean {
  return key.endsWith('num_batches_tracked') || key.endsWith('relative_position_index')
}

export function fits({ missing, misshapen, ambiguous, extra }: Match): boolean {
  return [missing, misshapen, ambiguous, extra].every(({ length }) => length === 0)
}

function compare(
  parameters: readonly Parameter[],
  tensors: readonly StoredTensor[],
  reading: Reading,
): Match {
  const keys = new Map(tensors.map((tensor) => [tensor, reading.key(tensor.name)]))
  const named = new Map<string, StoredTensor[]>()
  for (const [tensor, name] of keys) {
    const known = named.get(name)
    if (known) known.push(tensor)
    else named.set(name, [tensor])
  }
  const found = new Map<string, StoredTensor>()
  const missing: Parameter[] = []
  const misshapen: { parameter: Parameter; tensor: StoredTensor }[] = []
  const ambiguous: (readonly StoredTensor[])[] = []
  const names = new Set<string>()
  for (const parameter of parameters) {
    const name = reading.parameter(parameter.attributes.name)
    names.add(name)
    const [tensor, ...others] = named.get(name) ?? []
    if (!tensor) missing.push(parameter)
    else if (others.length > 0) ambiguous.push([tensor, ...others])
    else if (!sameShape(parameter, tensor)) misshapen.push({ parameter, tensor })
    else found.set(parameter.attributes.name, tensor)
  }
  const parts = new Set([...names].map(partOf))
  const others = [...keys].filter(([, name]) => !names.has(name))
  const unread = [...names].some(isPositionBias) ? () => false : isPositionBias
  const isWithin = (name: string): boolean => parts.has(partOf(name)) && !unread(name)
  const free = (within: boolean): readonly StoredTensor[] =>
    others.filter(([, name]) => isWithin(name) === within).map(([tensor]) => tensor)
  return {
    found,
    missing,
    misshapen,
    ambiguous,
    extra: free(true),
    unused: free(false),
  }
}

/** The authors' code of HRFormer for poses stores tables that it makes nothing of (`--no-position-bias`). */
function isPositionBias(name: string): boolean {
  return name.endsWith('relative_position_bias_table')
}

function sameShape({ attributes }: Parameter, { shape }: StoredTensor): boolean {
  return (
    shape.length === attributes.shape.length &&
    shape.every((side, axis) => side === attributes.shape[axis])
  )
}

/** `stage4` of `stage4.2.branches.0.0.conv1.weight`. */
export function partOf(name: string): string {
  return name.split('.', 1)[0] as string
}
