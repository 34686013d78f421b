import { equalShapes } from '../compiler/dimension.js'
import type { Graph } from '../compiler/graph.js'
import type { ActivationFunction, Node, Value } from '../compiler/node.js'
import { type Pass, type Rewriting, rewrite } from '../compiler/rewrite.js'

/**
 * What changes nothing is left out:
 *
 *     identity(x)                             = x
 *     resize(x) to the size of x              = x
 *     reshape(x) to the shape of x            = x
 *     cast(x) to the element type of x        = x
 *     transpose(x) in the order of x          = x
 *     pool 1×1, stride 1, unpadded (x)        = x
 *     globalPool(x) of 1×1                    = x
 *     concat(x)                               = x
 *     split(x) into one part                  = x
 *     concat(split(x)), all parts in order    = x
 *     f(g(x)), f = relu or relu6, g within what f keeps = g(x)
 */
export const removeIdentities: Pass = {
  name: 'remove-identities',
  equation: 'f(x) = x, where f changes nothing',
  changes: 'nothing',
  run,
}

function run(graph: Graph): Rewriting {
  return rewrite(graph, same)
}

function same(node: Node): Value | undefined {
  switch (node.kind) {
    case 'identity':
      return node.inputs.input
    case 'resize':
    case 'reshape':
    case 'globalPool':
    case 'adaptivePool': {
      const { input } = node.inputs
      return equalShapes(node.type.shape, input.type.shape) ? input : undefined
    }
    case 'cast': {
      const { input } = node.inputs
      return node.attributes.to === input.type.element ? input : undefined
    }
    case 'transpose':
      return node.attributes.order.every((axis, i) => axis === i) ? node.inputs.input : undefined
    case 'pool': {
      const { kernel, strides, padding } = node.attributes
      const plain = [...kernel, ...strides].every((n) => n === 1) && padding.every((n) => n === 0)
      return plain ? node.inputs.input : undefined
    }
    case 'activation': {
      const { input } = node.inputs
      if (input.kind !== 'activation') return undefined
      return kept[node.attributes.function.name]?.includes(input.attributes.function.name)
        ? input
        : undefined
    }
    case 'concat':
      return node.inputs.parts.length === 1 ? node.inputs.parts[0] : wholeOf(node)
    case 'result': {
      const { of } = node.inputs
      return of.kind === 'split' && of.type.length === 1 ? of.inputs.input : undefined
    }
    default:
      return undefined
  }
}

type Name = ActivationFunction['name']

/** After which functions another changes nothing any more. */
const kept: Partial<Record<Name, readonly Name[]>> = {
  relu: ['relu', 'relu6', 'sigmoid', 'hardSigmoid'],
  relu6: ['relu6', 'sigmoid', 'hardSigmoid'],
}

/** What was split, where a concat puts all its parts together again. */
function wholeOf({
  inputs: { parts },
  attributes: { axis },
}: Node & { kind: 'concat' }): Value | undefined {
  const [first] = parts
  if (first?.kind !== 'result' || first.inputs.of.kind !== 'split') return undefined
  const { of } = first.inputs
  const whole =
    of.attributes.axis === axis &&
    of.type.length === parts.length &&
    parts.every((p, i) => p.kind === 'result' && p.inputs.of === of && p.attributes.index === i)
  return whole ? of.inputs.input : undefined
}
