import { make, withOperands } from '../../src/compiler/make.js'
import type { Derivation, Node, NodeOf, Value } from '../../src/compiler/node.js'
import { type Pass, type Rule, rewrite } from '../../src/compiler/rewrite.js'

/** A pass of the same name with a wrong rule in place of its own. */
export function ruled(pass: Pass, rule: Rule): Pass {
  return { ...pass, run: (graph) => rewrite(graph, rule) }
}

/**
 * A pass whose every firing gives something else: `change` answers with what takes the place of what the pass made, or
 * with nothing where it stays. (The graph is that of the true pass: proofs are of firings.)
 */
export function answering(pass: Pass, change: (after: Node) => Node | undefined): Pass {
  return {
    ...pass,
    run: (graph) => {
      const rewriting = pass.run(graph)
      const firings = rewriting.firings.map(({ before, after }) => ({
        before,
        after: change(after) ?? after,
      }))
      return { ...rewriting, firings }
    },
  }
}

/** The same for each constant of a derivation that what the pass made reads, directly or through others. */
export function deriving<R extends Derivation['rule']>(
  pass: Pass,
  rule: R,
  change: (
    derivation: Derivation & { rule: R },
    from: NodeOf<'derived'>['inputs']['from'],
  ) => {
    readonly derivation?: Derivation
    readonly from?: NodeOf<'derived'>['inputs']['from']
  },
): Pass {
  const edited = (node: Node): Node => {
    const inner = withOperands(node, (operand) =>
      operand.kind === 'derived' ? edited(operand) : operand,
    )
    if (inner.kind !== 'derived') return inner
    const { derivation } = inner.attributes
    if (derivation.rule !== rule) return inner
    const other = change(derivation as Derivation & { rule: R }, inner.inputs.from)
    return make(
      'derived',
      { from: other.from ?? inner.inputs.from },
      { derivation: other.derivation ?? derivation },
      inner.origin,
    )
  }
  return answering(pass, edited)
}

/** Numbers that are all the same, in the shape of another constant. */
export function filled({ type, origin }: Value, number: number): NodeOf<'derived'> {
  const shape = type.shape as readonly number[]
  const numbers = new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(number)
  const derivation = { rule: 'literal', element: 'float32', shape, numbers } as const
  return make('derived', { from: [] }, { derivation }, origin)
}
