import { elementBytes } from '../compiler/cost.js'
import { elementCount, printShape } from '../compiler/dimension.js'
import { type Graph, nodesOf } from '../compiler/graph.js'
import {
  type Constant,
  dispatch,
  isConstant,
  type Node,
  operandsOf,
  type TensorType,
  type Value,
} from '../compiler/node.js'
import { InputError, InternalError } from '../errors.js'
import { field, fieldHead, joined } from './framing.js'
import {
  modelHead,
  modelTail,
  nodeMessage,
  type Placed,
  tensorHead,
  valueMessage,
} from './messages.js'
import { hierarchical, Names } from './names.js'
import { operators, type Writer } from './operators.js'

export interface EmitOptions {
  /** ONNX's operator set, 13 to 21 (17). */
  readonly opset?: number
  readonly producerVersion: string
  readonly metadata?: Readonly<Record<string, string>>
  /** Where the weights go, relative to the model's file, if not into it. */
  readonly external?: string
  /** Intermediate values that become outputs too. */
  readonly features?: readonly Value[]
}

/** A model whose lengths are all known, and whose bytes are made one piece at a time. */
export interface Emission {
  /** Bytes of the model's file, and of the data beside it. */
  readonly size: number
  readonly dataSize: number
  readonly nodes: number
  /** The tensor that each value is. */
  readonly names: ReadonlyMap<Value, string>
  model(read: ReadConstant): AsyncGenerator<Uint8Array>
  data(read: ReadConstant): AsyncGenerator<Uint8Array>
}

export type ReadConstant = (constant: Constant) => Promise<Float32Array>

/** Which version of the file format each operator set came with. */
const irVersions: Readonly<Record<number, number>> = {
  13: 7,
  14: 7,
  15: 8,
  16: 8,
  17: 8,
  18: 8,
  19: 9,
  20: 9,
  21: 10,
}
const defaultOpset = 17

/** External tensors start at multiples of a memory page, so that runtimes can map them. */
const page = 4096
/** Smaller tensors stay in the model's own file. */
const inlineBytes = 1024

/** Fields of GraphProto and ModelProto. */
const graphField = {
  node: 1,
  name: 2,
  initializer: 5,
  input: 11,
  output: 12,
  valueInfo: 13,
} as const
const modelGraph = 7
const rawData = 9

/**
 * A graph as ONNX. Nothing is written yet: the emission knows every length, and asks for the values of one
 * constant at a time when it comes to it.
 * @throws {InputError} where the opset is none of 13 to 21.
 */
export function emit(graph: Graph, options: EmitOptions): Emission {
  const { opset = defaultOpset, external, features = [] } = options
  const irVersion = irVersions[opset]
  if (irVersion === undefined)
    throw new InputError({
      problem: `an opset of ${opset}`,
      remedy: 'Take one from 13 to 21; 17 is what most runtimes know.',
    })
  const writing = write(graph, opset, features)
  const tensors = placed(writing.constants, writing.names, external)
  const own = writing.parts
  const heads = tensors.map((tensor) => initializerHead(tensor))
  const length =
    own.reduce((sum, part) => sum + part.length, 0) +
    heads.reduce(
      (sum, head, i) => sum + head.length + (tensors[i]?.placed ? 0 : (tensors[i]?.bytes ?? 0)),
      0,
    )
  const before = joined([
    modelHead(irVersion, options.producerVersion),
    fieldHead(modelGraph, length),
    ...own,
  ])
  const after = modelTail(writing.opsets, options.metadata ?? {})
  const last = tensors.findLast((tensor) => tensor.placed)?.placed
  return {
    size: before.length + length - own.reduce((sum, part) => sum + part.length, 0) + after.length,
    dataSize: last ? last.offset + last.length : 0,
    nodes: writing.nodes,
    names: writing.names,
    async *model(read) {
      yield before
      for (const [i, tensor] of tensors.entries()) {
        yield heads[i] as Uint8Array
        if (!tensor.placed) yield await bytesOf(tensor, read)
      }
      yield after
    },
    async *data(read) {
      let at = 0
      for (const tensor of tensors) {
        if (!tensor.placed) continue
        if (tensor.placed.offset > at) yield new Uint8Array(tensor.placed.offset - at)
        yield await bytesOf(tensor, read)
        at = tensor.placed.offset + tensor.placed.length
      }
    },
  }
}

interface Tensor {
  readonly constant: Constant
  readonly name: string
  readonly shape: readonly number[]
  readonly bytes: number
  readonly placed: Placed | undefined
}

function placed(
  constants: readonly Constant[],
  names: ReadonlyMap<Value, string>,
  external: string | undefined,
): readonly Tensor[] {
  let offset = 0
  return constants.map((constant) => {
    const shape = constant.type.shape as readonly number[]
    const bytes = (elementCount(shape) as number) * elementBytes[constant.type.element]
    const at: Placed | undefined =
      external !== undefined && bytes >= inlineBytes
        ? { location: external, offset, length: bytes }
        : undefined
    if (at) offset = Math.ceil((offset + bytes) / page) * page
    return { constant, name: names.get(constant) as string, shape, bytes, placed: at }
  })
}

function initializerHead({ name, shape, constant, placed, bytes }: Tensor): Uint8Array {
  const head = tensorHead(name, constant.type.element, shape, placed)
  if (placed) return joined([fieldHead(graphField.initializer, head.length), head])
  const raw = fieldHead(rawData, bytes)
  return joined([fieldHead(graphField.initializer, head.length + raw.length + bytes), head, raw])
}

/** The constants that the network reads: not those that others are merely derived from. */
function storedIn(graph: Graph): readonly Constant[] {
  const read = new Set<Node>(graph.outputs.map(({ value }) => value))
  for (const node of nodesOf(graph))
    if (node.kind !== 'derived') for (const operand of operandsOf(node)) read.add(operand)
  return nodesOf(graph).filter((node) => isConstant(node) && read.has(node)) as Constant[]
}

async function bytesOf({ constant, name, bytes }: Tensor, read: ReadConstant): Promise<Uint8Array> {
  const values = await read(constant)
  if (values.byteLength !== bytes)
    throw new InternalError(`${name} has ${values.byteLength} bytes, where ${bytes} are due`)
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

interface Writing {
  /** Everything of the graph but its weights. */
  readonly parts: readonly Uint8Array[]
  readonly constants: readonly Constant[]
  readonly names: ReadonlyMap<Value, string>
  readonly nodes: number
  readonly opsets: ReadonlyMap<string, number>
}

function write(graph: Graph, opset: number, features: readonly Value[]): Writing {
  const order = nodesOf(graph)
  const named = new Names()
  const names = new Map<Value, string>()
  const results = new Map<Node, string[]>()
  for (const input of graph.inputs) names.set(input, named.reserve(input.attributes.name))
  for (const { name } of graph.outputs) named.reserve(name)
  const copies: { readonly name: string; readonly value: Value }[] = []
  for (const { name, value } of graph.outputs) {
    if (names.has(value) || isConstant(value)) copies.push({ name, value })
    else names.set(value, name)
  }
  const constants = storedIn(graph)
  for (const constant of constants)
    names.set(
      constant,
      named.unique(constant.kind === 'parameter' ? constant.attributes.name : constant.origin.path),
    )
  for (const node of order) {
    if (isConstant(node) || node.kind === 'input') continue
    if (node.kind === 'split' || node.kind === 'foreign') {
      results.set(
        node,
        node.type.map((_, i) => named.unique(`${hierarchical(node.origin.path)}_${i}`)),
      )
      continue
    }
    if (!names.has(node))
      names.set(node, node.kind === 'result' ? '' : named.unique(hierarchical(node.origin.path)))
    if (node.kind !== 'result') continue
    const all = results.get(node.inputs.of) as string[]
    const name = names.get(node)
    if (name) all[node.attributes.index] = name
    else names.set(node, all[node.attributes.index] as string)
  }

  const parts: Uint8Array[] = []
  const opsets = new Map([['', opset]])
  const nodeNames = new Names()
  const literals = new Map<string, string>()
  const initializers: Uint8Array[] = []
  let nodes = 0
  const put = (
    node: {
      readonly operator: string
      readonly domain?: string
      readonly inputs: readonly string[]
      readonly outputs: readonly string[]
      readonly attributes?: Parameters<Writer['write']>[3]
    },
    name: string,
  ): void => {
    nodes++
    parts.push(
      field(
        graphField.node,
        nodeMessage({ ...node, attributes: node.attributes ?? {}, name: nodeNames.unique(name) }),
      ),
    )
  }
  const literal = (
    element: 'float32' | 'int64',
    values: readonly number[],
    shape: readonly number[],
  ): string => {
    const key = `${element} ${shape.join('x')} ${values.join(' ')}`
    const known = literals.get(key)
    if (known) return known
    const name = named.unique(`/constants/${literals.size}`)
    literals.set(key, name)
    const data =
      element === 'float32' ? Float32Array.from(values) : BigInt64Array.from(values, BigInt)
    const bytes = new Uint8Array(data.buffer)
    initializers.push(
      field(
        graphField.initializer,
        joined([tensorHead(name, element, shape), fieldHead(rawData, bytes.length), bytes]),
      ),
    )
    return name
  }
  const to: Writer = {
    opset,
    of: (value) => names.get(value) as string,
    integers: (values) => literal('int64', values, [values.length]),
    floats: (values, shape = [values.length]) => literal('float32', values, shape),
    step: (node, part, operator, inputs, attributes) => {
      const path = `${hierarchical(node.origin.path)}/${part}`
      const output = named.unique(path)
      put({ operator, inputs, outputs: [output], ...(attributes ? { attributes } : {}) }, path)
      return output
    },
    write: (node, operator, inputs, attributes) => {
      const domain = node.kind === 'foreign' ? node.attributes.domain : ''
      if (node.kind === 'foreign' && domain !== '') opsets.set(domain, node.attributes.version)
      const outputs = results.get(node) ?? [names.get(node as Value) as string]
      put(
        { operator, domain, inputs, outputs, ...(attributes ? { attributes } : {}) },
        hierarchical(node.origin.path),
      )
    },
  }
  for (const node of order) dispatch(operators, node, to)
  for (const { name, value } of copies)
    put({ operator: 'Identity', inputs: [to.of(value)], outputs: [name] }, `/outputs/${name}`)

  const shown = new Set<string>(graph.outputs.map(({ name }) => name))
  const info = (number: number, name: string, type: TensorType, doc?: string): void => {
    parts.push(field(number, valueMessage(name, type, doc)))
  }
  parts.push(field(graphField.name, new TextEncoder().encode(graph.name)), ...initializers)
  for (const { attributes, type } of graph.inputs)
    info(graphField.input, attributes.name, type, `the input, ${printShape(type.shape)}`)
  for (const { name, value } of graph.outputs)
    info(
      graphField.output,
      name,
      value.type,
      `${name}, ${printShape(value.type.shape)}, from ${value.origin.path}`,
    )
  for (const value of features) {
    const name = names.get(value)
    if (name === undefined || shown.has(name)) continue
    shown.add(name)
    info(graphField.output, name, value.type)
  }
  for (const [value, name] of names)
    if (!isConstant(value) && value.kind !== 'input' && !shown.has(name))
      info(graphField.valueInfo, name, value.type)
  return { parts, constants, names, nodes, opsets }
}
