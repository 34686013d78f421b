import { NetworkError } from '../errors.js'
import { type Dimension, symbolicDimension } from './dimension.js'
import { type Graph, nodesOf } from './graph.js'
import { make, withOperands } from './make.js'
import type { Node, Value } from './node.js'

/** What the network will be given: a whole number, or any (a multiple of `multiple`). */
export type Side = number | { readonly multiple: number }

export interface InputSize {
  readonly batch: Side
  readonly height: Side
  readonly width: Side
}

/**
 * The same network for inputs of a given size: every type follows anew from it.
 * @throws {NetworkError} `input-size` where some level does not fit that size, with the nearest sizes that do.
 */
export function specialise(graph: Graph, size: InputSize): Graph {
  try {
    return retyped(graph, size)
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error
    throw new NetworkError({
      rule: 'input-size',
      problem: `${graph.name} does not take an input of ${print(size.height)} x ${print(size.width)}: ${error.problem}`,
      remedy: remedyFor(graph, size),
      scope: error.scope,
      location: error.location,
    })
  }
}

function retyped(graph: Graph, { batch, height, width }: InputSize): Graph {
  const became = new Map<Node, Node>()
  for (const node of nodesOf(graph)) {
    if (node.kind !== 'input') {
      became.set(
        node,
        withOperands(node, (operand) => became.get(operand) ?? operand),
      )
      continue
    }
    const { name, type } = node.attributes
    const channels = type.shape[1] as Dimension
    const shape = [
      dimension('batch', batch),
      channels,
      dimension('height', height),
      dimension('width', width),
    ]
    became.set(node, make('input', {}, { name, type: { ...type, shape } }, node.origin))
  }
  return {
    name: graph.name,
    inputs: graph.inputs.map((input) => became.get(input) as typeof input),
    outputs: graph.outputs.map(({ name, value }) => ({ name, value: became.get(value) as Value })),
  }
}

function remedyFor(graph: Graph, size: InputSize): string {
  const { height, width } = size
  if (typeof height !== 'number' || typeof width !== 'number')
    return 'Let the input be a multiple of 32 (--input dynamic/32), or fuse to the size of the target (--fuse-to-size).'
  const works = (h: number, w: number): boolean => {
    if (h < 1 || w < 1) return false
    try {
      retyped(graph, { ...size, height: h, width: w })
      return true
    } catch {
      return false
    }
  }
  for (let step = 2; step <= 1024; step *= 2) {
    const up = [Math.ceil(height / step) * step, Math.ceil(width / step) * step] as const
    const down = [Math.floor(height / step) * step, Math.floor(width / step) * step] as const
    const near = [down, up].filter(
      ([h, w], i) => works(h, w) && (i === 0 || h !== down[0] || w !== down[1]),
    )
    if (near.length > 0 && works(...up))
      return `Nearest sizes that work: ${near.map(([h, w]) => `${h}x${w}`).join(', ')}; or fuse to the size of the target (--fuse-to-size).`
  }
  return 'No size near it works.'
}

function dimension(symbol: string, side: Side): Dimension {
  return typeof side === 'number' ? side : symbolicDimension(symbol, side.multiple)
}

function print(side: Side): string {
  if (typeof side === 'number') return String(side)
  return side.multiple === 1 ? 'any' : `any multiple of ${side.multiple}`
}
