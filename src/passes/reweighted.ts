import { make } from '../compiler/make.js'
import type { Constant, Derivation, Node, Origin, Value, Weighted } from '../compiler/node.js'

/** How often a node is read. */
export type Readers = (node: Node) => number
/** A derived parameter; the same one for the same operands. */
export type Derive = (derivation: Derivation, from: readonly Constant[], origin: Origin) => Constant

/** The same layer over another input, with other weights. */
export function reweighted(
  layer: Weighted,
  inputs: { readonly input: Value; readonly weight: Value; readonly bias?: Value | undefined },
): Value {
  if (layer.kind === 'linear') return make('linear', inputs, {}, layer.origin)
  if (layer.kind === 'conv') return make('conv', inputs, layer.attributes, layer.origin)
  return make('convTranspose', inputs, layer.attributes, layer.origin)
}

/** How a factor for each output channel goes into a layer's weight: they are on the first axis, transposed on the second. */
export function outputScaling(layer: Weighted): Derivation {
  return layer.kind === 'convTranspose'
    ? { rule: 'scaleChannels', axis: 1, groups: layer.attributes.groups }
    : { rule: 'scaleChannels', axis: 0, groups: 1 }
}

/** Where a parameter that is derived for a node belongs. */
export function part({ origin: { path, place } }: Pick<Node, 'origin'>, name: string): Origin {
  return { path: path === '' ? name : `${path}.${name}`, place }
}
