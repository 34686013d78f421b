import { elementBytes } from '../compiler/cost.js'
import { elementCount } from '../compiler/dimension.js'
import { type Graph, nodesOf } from '../compiler/graph.js'
import { type Constant, isConstant, type Node, operandsOf, type Value } from '../compiler/node.js'
import { InternalError } from '../errors.js'
import { fieldHead, joined } from './framing.js'
import { graphField, type Placed, rawData, tensorHead } from './messages.js'

/** The values of a constant, in elements of its type. */
export type ReadConstant = (constant: Constant) => Promise<ArrayBufferView>

/** External tensors start at multiples of a memory page, so that runtimes can map them. */
const page = 4096
/** Smaller tensors stay in the model's own file. */
const inlineBytes = 1024

/** A constant as the file holds it: what goes before its bytes, and where these are. */
export interface Tensor {
  readonly constant: Constant
  readonly name: string
  /** The field of the graph up to the bytes; all of it where these are in another file. */
  readonly head: Uint8Array
  readonly bytes: number
  readonly placed: Placed | undefined
  /** Whether the bytes are where they are to be already. */
  readonly kept: boolean
}

/** Where another file has a constant's bytes already. */
export type Keep = (constant: Constant) => Placed | undefined

/** The constants that the network reads: not those that others are merely derived from. */
export function storedIn(graph: Graph): readonly Constant[] {
  const read = new Set<Node>(graph.outputs.map(({ value }) => value))
  for (const node of nodesOf(graph))
    if (node.kind !== 'derived') for (const operand of operandsOf(node)) read.add(operand)
  return nodesOf(graph).filter((node) => isConstant(node) && read.has(node)) as Constant[]
}

/** Where each constant goes: it is kept in another file, or into the model's, or (`external`) the larger ones beside it. */
export function placeTensors(
  constants: readonly Constant[],
  names: ReadonlyMap<Value, string>,
  external: string | undefined,
  keep: Keep | undefined,
): readonly Tensor[] {
  let offset = 0
  return constants.map((constant) => {
    const { element, shape } = constant.type
    const name = names.get(constant) as string
    const bytes = (elementCount(shape) as number) * elementBytes[element]
    const kept = keep?.(constant)
    const made: Placed | undefined =
      !kept && external !== undefined && bytes >= inlineBytes
        ? { location: external, offset, length: bytes }
        : undefined
    if (made) offset = Math.ceil((offset + bytes) / page) * page
    const placed = kept ?? made
    const message = tensorHead(name, element, shape as readonly number[], placed)
    const head = initializerHead(message, bytes, placed)
    return { constant, name, head, bytes, placed, kept: kept !== undefined }
  })
}

function initializerHead(
  message: Uint8Array,
  bytes: number,
  placed: Placed | undefined,
): Uint8Array {
  if (placed) return joined([fieldHead(graphField.initializer, message.length), message])
  const raw = fieldHead(rawData, bytes)
  const length = message.length + raw.length + bytes
  return joined([fieldHead(graphField.initializer, length), message, raw])
}

/** How many bytes of the model's file a tensor takes. */
export function lengthInModel({ head, bytes, placed }: Tensor): number {
  return placed ? head.length : head.length + bytes
}

/** How many bytes the other file has. */
export function dataSizeOf(tensors: readonly Tensor[]): number {
  const last = tensors.findLast(({ placed, kept }) => placed && !kept)?.placed
  return last ? last.offset + last.length : 0
}

/** The tensors as the model's file has them. */
export async function* inModel(
  tensors: readonly Tensor[],
  read: ReadConstant,
): AsyncGenerator<Uint8Array> {
  for (const tensor of tensors) {
    yield tensor.head
    if (!tensor.placed) yield await bytesOf(tensor, read)
  }
}

/** The tensors as the other file has them. */
export async function* inData(
  tensors: readonly Tensor[],
  read: ReadConstant,
): AsyncGenerator<Uint8Array> {
  let at = 0
  for (const tensor of tensors) {
    const { placed, kept } = tensor
    if (!placed || kept) continue
    if (placed.offset > at) yield new Uint8Array(placed.offset - at)
    yield await bytesOf(tensor, read)
    at = placed.offset + placed.length
  }
}

async function bytesOf({ constant, name, bytes }: Tensor, read: ReadConstant): Promise<Uint8Array> {
  const values = await read(constant)
  if (values.byteLength !== bytes)
    throw new InternalError(`${name} has ${values.byteLength} bytes, where ${bytes} are due`)
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}
