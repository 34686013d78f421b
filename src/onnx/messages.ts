import onnxProto from 'onnx-proto'
import { type Dimension, printDimension } from '../compiler/dimension.js'
import type { AttributeValue, ElementType, TensorType } from '../compiler/node.js'

const { onnx } = onnxProto
const { DataType } = onnx.TensorProto
const { AttributeType } = onnx.AttributeProto

/** What ONNX calls each element type. */
export const dataTypes: Readonly<Record<ElementType, number>> = {
  float32: DataType.FLOAT,
  float16: DataType.FLOAT16,
  float64: DataType.DOUBLE,
  int32: DataType.INT32,
  int64: DataType.INT64,
  uint8: DataType.UINT8,
  int8: DataType.INT8,
  bool: DataType.BOOL,
}

/** Fields of GraphProto. */
export const graphField = {
  node: 1,
  name: 2,
  initializer: 5,
  input: 11,
  output: 12,
  valueInfo: 13,
} as const
/** The graph's field in ModelProto. */
export const modelGraph = 7
/** The bytes' field in TensorProto. */
export const rawData = 9

export interface NodeMessage {
  readonly operator: string
  readonly name: string
  readonly domain?: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes?: Readonly<Record<string, AttributeValue>>
}

/** A NodeProto. */
export function nodeMessage(node: NodeMessage): Uint8Array {
  return onnx.NodeProto.encode({
    input: [...node.inputs],
    output: [...node.outputs],
    name: node.name,
    opType: node.operator,
    ...(node.domain ? { domain: node.domain } : {}),
    attribute: Object.entries(node.attributes ?? {}).map(([name, value]) => attribute(name, value)),
  }).finish()
}

/** A ValueInfoProto. */
export function valueMessage(name: string, type: TensorType, doc?: string): Uint8Array {
  return onnx.ValueInfoProto.encode({
    name,
    type: {
      tensorType: { elemType: dataTypes[type.element], shape: { dim: type.shape.map(side) } },
    },
    ...(doc ? { docString: doc } : {}),
  }).finish()
}

/** Where in another file the bytes of a tensor are. */
export interface Placed {
  readonly location: string
  readonly offset: number
  readonly length: number
}

/** A TensorProto up to its bytes: these follow as field 9, unless they are in another file. */
export function tensorHead(
  name: string,
  element: ElementType,
  shape: readonly number[],
  placed?: Placed,
): Uint8Array {
  return onnx.TensorProto.encode({
    dims: [...shape],
    dataType: dataTypes[element],
    name,
    ...(placed
      ? {
          dataLocation: onnx.TensorProto.DataLocation.EXTERNAL,
          externalData: Object.entries(placed).map(([key, value]) => ({ key, value: `${value}` })),
        }
      : {}),
  }).finish()
}

/** What the file says of itself before its graph. */
export function modelHead(irVersion: number, producerVersion: string): Uint8Array {
  return onnx.ModelProto.encode({
    irVersion,
    producerName: 'heddle',
    producerVersion,
  }).finish()
}

/** The operator sets that the file needs, and its metadata. */
export function modelTail(
  opsets: ReadonlyMap<string, number>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  return onnx.ModelProto.encode({
    opsetImport: [...opsets].map(([domain, version]) => ({ domain, version })),
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  }).finish()
}

function side(d: Dimension): { dimValue: number } | { dimParam: string } {
  return typeof d === 'number' ? { dimValue: d } : { dimParam: printDimension(d) }
}

/** Numbers are floats and bigints integers, as the operators of ONNX tell them apart. */
function attribute(name: string, value: AttributeValue): object {
  if (typeof value === 'number') return { name, type: AttributeType.FLOAT, f: value }
  if (typeof value === 'bigint') return { name, type: AttributeType.INT, i: int64(value) }
  if (typeof value === 'string') return { name, type: AttributeType.STRING, s: utf8(value) }
  if (value.every((item) => typeof item === 'string'))
    return { name, type: AttributeType.STRINGS, strings: value.map(utf8) }
  return value.some((item) => typeof item === 'bigint')
    ? { name, type: AttributeType.INTS, ints: value.map((item) => int64(BigInt(item))) }
    : { name, type: AttributeType.FLOATS, floats: value }
}

/** As two halves, since a number does not hold all of them. */
function int64(value: bigint): { low: number; high: number; unsigned: false } {
  const half = (bits: bigint): number => Number(BigInt.asIntN(32, bits))
  return { low: half(value), high: half(value >> 32n), unsigned: false }
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
