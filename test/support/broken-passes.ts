import { make } from '../../src/compiler/make.js'
import type { Node } from '../../src/compiler/node.js'
import { type Pass, rewrite } from '../../src/compiler/rewrite.js'

/** A pass that claims that one node, found by its path, equals another. */
function claiming(name: string, path: string, replace: (node: Node) => Node | undefined): Pass {
  return {
    name,
    equation: 'x = x',
    changes: 'nothing',
    run: (graph) =>
      rewrite(graph, (node) => (node.origin.path === path ? replace(node) : undefined)),
  }
}

/** Forgets the epsilon of the batch norm at a path. */
export function forgetsEpsilon(path: string): Pass {
  return claiming('forget-epsilon', path, (node) =>
    node.kind === 'batchNorm' && node.attributes.epsilon !== 1e-30
      ? make('batchNorm', node.inputs, { epsilon: 1e-30 }, node.origin)
      : undefined,
  )
}

/** Forgets the bias of the convolution at a path. */
export function forgetsBias(path: string): Pass {
  return claiming('forget-bias', path, (node) =>
    node.kind === 'conv' && node.inputs.bias
      ? make(
          'conv',
          { input: node.inputs.input, weight: node.inputs.weight },
          node.attributes,
          node.origin,
        )
      : undefined,
  )
}
