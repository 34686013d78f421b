import { reachedFrom } from '../compiler/graph.js'
import { readBy } from '../compiler/interpret.js'
import { isConstant, isValue, type Node } from '../compiler/node.js'

/** What is computed to compare two nodes: all above the leaves, which are fed. */
export interface Region {
  /** Leaves and what is computed from them, operands first. */
  readonly order: readonly Node[]
  /** In the order of first use. */
  readonly leaves: ReadonlySet<Node>
  /** Constants, and what is computed from them alone. */
  readonly constants: ReadonlySet<Node>
  /** Whether no leaf reads anything: there is nothing deeper. */
  readonly whole: boolean
  readonly roots: readonly Node[]
}

/**
 * The nodes that two sides compute, down to those that both reach, and `depth` levels further. Constants are followed
 * down to parameters at any depth: what a derived one may be (a scale above 0) follows from those. Nothing is known of
 * what is foreign, so a result of it is fed wherever both sides have it.
 */
export function regionOf(before: readonly Node[], after: readonly Node[], depth: number): Region {
  const roots = [...before, ...after]
  const all = reachedFrom(roots, valuesReadBy)
  const [old, now] = [before, after].map((side) => new Set(reachedFrom(side, valuesReadBy)))
  const common = (node: Node): boolean => old?.has(node) === true && now?.has(node) === true
  const constants = constantsAmong(all)
  const levels = new Map<Node, number>()
  const reach = (node: Node, above: number): void => {
    const level = common(node) && !constants.has(node) ? above + 1 : above
    levels.set(node, Math.min(level, levels.get(node) ?? level))
  }
  for (const root of roots) reach(root, -1)
  for (const node of [...all].reverse())
    for (const operand of valuesReadBy(node)) reach(operand, levels.get(node) as number)
  const ends = (node: Node): boolean =>
    node.kind === 'input' ||
    node.kind === 'parameter' ||
    (node.kind === 'result' && node.inputs.of.kind === 'foreign' && common(node.inputs.of))
  const isLeaf = (node: Node): boolean =>
    ends(node) ||
    (isValue(node) && common(node) && !constants.has(node) && (levels.get(node) as number) >= depth)
  const order = reachedFrom(roots, (node) => (isLeaf(node) ? [] : valuesReadBy(node)))
  const leaves = order.filter(isLeaf)
  return { order, leaves: new Set(leaves), constants, whole: leaves.every(ends), roots }
}

/** Of what a resize is to be like, the size alone is read. */
function valuesReadBy(node: Node): readonly Node[] {
  return node.kind === 'resize' ? [node.inputs.input] : readBy(node)
}

function constantsAmong(order: readonly Node[]): ReadonlySet<Node> {
  const constants = new Set<Node>()
  for (const node of order) {
    const reads = valuesReadBy(node)
    if (isConstant(node) || (reads.length > 0 && reads.every((each) => constants.has(each))))
      constants.add(node)
  }
  return constants
}
