import { reachedFrom } from '../../src/compiler/graph.js'
import { computed, make, withOperands } from '../../src/compiler/make.js'
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

/**
 * The same for each node that a firing puts in its place, above what stood there already: what it reads, it reads as
 * changed too; of what computes a constant, each operation.
 */
export function editing(pass: Pass, change: (node: Node) => Node | undefined): Pass {
  return {
    ...pass,
    run: (graph) => {
      const rewriting = pass.run(graph)
      const firings = rewriting.firings.map(({ before, after }) => {
        const stood = new Set<Node>(reachedFrom([before]))
        const known = new Map<Node, Node>()
        const edited = (node: Node): Node => {
          if (stood.has(node)) return node
          const before = known.get(node)
          if (before) return before
          const made = isExpression(node)
            ? computed(edited(node.attributes.derivation.expression) as Value, node.origin)
            : withOperands(node, edited)
          const now = change(made) ?? made
          known.set(node, now)
          return now
        }
        return { before, after: edited(after) }
      })
      return { ...rewriting, firings }
    },
  }
}

type Expression = NodeOf<'derived'> & {
  readonly attributes: { readonly derivation: { readonly rule: 'computed' } }
}

function isExpression(node: Node): node is Expression {
  return node.kind === 'derived' && node.attributes.derivation.rule === 'computed'
}

/** A convolution without its bias; nothing of anything else. */
export function withoutBias(node: Node): Node | undefined {
  if (node.kind !== 'conv' || !node.inputs.bias) return undefined
  return make('conv', { ...node.inputs, bias: undefined }, node.attributes, node.origin)
}

/** A sum with its first operand twice. */
export function sumOfOne(node: Node): Node | undefined {
  if (node.kind !== 'add') return undefined
  const { left } = node.inputs
  return make('add', { left, right: left }, {}, node.origin)
}

/** A resize of another mode. */
export function otherMode(node: Node): Node | undefined {
  if (node.kind !== 'resize') return undefined
  const mode = node.attributes.mode === 'nearest' ? 'bilinear' : 'nearest'
  return make('resize', node.inputs, { ...node.attributes, mode }, node.origin)
}

/** A concat the other way round. */
export function reversed(node: Node): Node | undefined {
  if (node.kind !== 'concat') return undefined
  return make('concat', { parts: node.inputs.parts.toReversed() }, node.attributes, node.origin)
}

/** One of the parts of a split instead of another, where they are as large. */
export function otherPart(node: Node): Node | undefined {
  if (node.kind !== 'result' || node.inputs.of.kind !== 'split') return undefined
  const { sizes } = node.inputs.of.attributes
  const { index } = node.attributes
  const other = sizes.findIndex((size, i) => i !== index && size === sizes[index])
  return other < 0 ? undefined : make('result', node.inputs, { index: other }, node.origin)
}

/** Numbers that are all the same, in the shape of another constant. */
export function filled({ type, origin }: Value, number: number): NodeOf<'derived'> {
  const shape = type.shape as readonly number[]
  const numbers = new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(number)
  const derivation = { rule: 'literal', element: 'float32', shape, numbers } as const
  return make('derived', { from: [] }, { derivation }, origin)
}
