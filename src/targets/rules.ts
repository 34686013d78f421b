import { printShape } from '../compiler/dimension.js'
import { type Graph, nodesOf } from '../compiler/graph.js'
import {
  type ElementType,
  isMultiple,
  type Node,
  type NodeOf,
  placeOf,
  type TensorType,
} from '../compiler/node.js'
import type { Complaint } from '../errors.js'
import type { TargetRule } from './target.js'
import { readsInThrees } from './threes.js'

/** What is wrong with a node, and the remedy; nothing where it is taken. */
type Finding = Pick<Complaint, 'problem' | 'remedy'> | undefined

/** A rule of each node by itself. */
function ofNodes(
  name: string,
  says: string,
  find: (node: Node, graph: Graph) => Finding,
): TargetRule {
  return {
    name,
    says,
    broken(graph) {
      for (const node of nodesOf(graph)) {
        const found = find(node, graph)
        if (found) return { ...found, ...placeOf(node.origin) }
      }
      return undefined
    },
  }
}

/** Height, width and batch are numbers. */
export const fixedSizes: TargetRule = ofNodes(
  'fixed-sizes',
  'no open height, width or batch',
  (node) => {
    if (node.kind !== 'input') return undefined
    const open = node.type.shape.filter((side) => typeof side !== 'number')
    if (open.length === 0) return undefined
    return {
      problem: `input ${node.attributes.name} is ${printShape(node.type.shape)}, of which ${open.length} sides are open`,
      remedy: 'Give all in numbers: --input 512x1024 --batch 1.',
    }
  },
)

/** Values are of some element types alone. */
export function elements(taken: readonly ElementType[]): TargetRule {
  return ofNodes('elements', `elements of ${taken.join(', ')} alone`, (node) => {
    const types = isMultiple(node) ? node.type : [node.type]
    const other = types.find(({ element }) => !taken.includes(element))
    if (!other || isStored(node)) return undefined
    return {
      problem: `${node.kind} makes ${other.element}, and what is taken is ${taken.join(', ')}`,
      remedy:
        'Let the network end before it (--output logits), and do the rest behind the runtime.',
    }
  })
}

/** What numbers are there before the network runs is not computed with by itself. */
function isStored({ kind }: Node): boolean {
  return kind === 'parameter' || kind === 'derived'
}

/** The operator and the domain of a node that is not of ONNX's own; 'ai.onnx' is another name of that. */
function otherDomain(node: Node): { operator: string; domain: string } | undefined {
  if (node.kind === 'fusedConv') return { operator: 'FusedConv', domain: 'com.microsoft' }
  if (node.kind !== 'foreign') return undefined
  const { operator, domain } = node.attributes
  return domain === '' || domain === 'ai.onnx' ? undefined : { operator, domain }
}

/** Operators are of some domains alone; '' is ONNX's own. */
export function domains(taken: readonly string[]): TargetRule {
  const told = taken.map((domain) => domain || 'ai.onnx').join(', ')
  return ofNodes('domains', `operators of ${told} alone`, (node) => {
    const other = otherDomain(node)
    if (!other || taken.includes(other.domain)) return undefined
    return {
      problem: `${other.operator} is an operator of ${other.domain}, and those of ${told} are taken`,
      remedy: "Write it with heddle's own layers, or build for a runtime that has it.",
    }
  })
}

/** Bytes that are given are cast before anything else is done with them. */
export const bytesCastFirst: TargetRule = ofNodes(
  'bytes-cast-first',
  'no operation but a cast on uint8',
  (node) => {
    if (node.kind === 'cast' || isStored(node)) return undefined
    const bytes = Object.values(node.inputs)
      .flat()
      .find((operand) => operand && !isMultiple(operand) && operand.type.element === 'uint8')
    if (!bytes) return undefined
    return {
      problem: `${node.kind === 'foreign' ? node.attributes.operator : node.kind} reads uint8`,
      remedy: 'Leave --input-format out, and give the network normalised float32 numbers.',
    }
  },
)

/** No number becomes a whole one. */
export const noRounding: TargetRule = ofNodes(
  'no-rounding',
  'no cast of numbers to whole ones',
  (node) => {
    if (node.kind !== 'cast') return undefined
    const [from, to] = [node.inputs.input.type.element, node.attributes.to]
    if (!from.startsWith('float') || to.startsWith('float')) return undefined
    return {
      problem: `numbers of ${from} are cast to ${to}`,
      remedy: 'Let the network give them as they are, and round behind the runtime.',
    }
  },
)

/** Averages do not count the zeros of their padding. */
export const noCountedPadding: TargetRule = ofNodes(
  'no-counted-padding',
  'no average that counts the zeros of its padding',
  (node) => {
    if (node.kind !== 'pool' || node.attributes.operator !== 'average') return undefined
    const { countPadding, padding } = node.attributes
    if (!countPadding || padding.every((side) => side === 0)) return undefined
    return {
      problem: `an average pooling of padding ${padding.join(', ')} counts its zeros`,
      remedy: 'Leave countPadding out, or use a depthwise convolution of equal weights.',
    }
  },
)

function isFusedConv(node: Node): node is NodeOf<'fusedConv'> | NodeOf<'foreign'> {
  const other = otherDomain(node)
  return other?.operator === 'FusedConv' && other.domain === 'com.microsoft'
}

/** A convolution that adds a fourth operand. */
export const noFusedSum: TargetRule = ofNodes(
  'no-fused-sum',
  'no com.microsoft FusedConv of four operands',
  (node) => {
    if (!isFusedConv(node)) return undefined
    const adds = node.kind === 'foreign' ? node.inputs.operands.length > 3 : node.inputs.addend
    if (!adds) return undefined
    return {
      problem: 'FusedConv has 4 operands, of which the fourth is ignored there',
      remedy: 'Add it by itself: add(conv(…), z).',
    }
  },
)

/** A convolution that reads its channels three at a time. */
export const noThrees: TargetRule = ofNodes(
  'no-threes',
  'no convolution of a multiple of 3 channels, but of 3 or a multiple of 4, to a multiple of 4',
  (node) => {
    if ((node.kind !== 'conv' && node.kind !== 'fusedConv') || !readsInThrees(node))
      return undefined
    const [to, from] = node.inputs.weight.type.shape
    if (Number(to) % 4 !== 0) return undefined
    return {
      problem: `a convolution of ${from} channels to ${to} is computed wrongly there`,
      remedy: 'Let pad-channels be among the passes, or give it a multiple of 4 channels.',
    }
  },
)

/** Convolutions that take in what follows them are of float32. */
export const fusedFloat32: TargetRule = ofNodes(
  'fused-float32',
  'com.microsoft FusedConv of float32 alone',
  (node) => {
    if (!isFusedConv(node)) return undefined
    const { element } = [node.type].flat()[0] as TensorType
    if (element === 'float32') return undefined
    return {
      problem: `FusedConv makes ${element}, of which there is no kernel there: it would run on the CPU`,
      remedy: 'Write it as relu(conv(…)), or build in float32.',
    }
  },
)
