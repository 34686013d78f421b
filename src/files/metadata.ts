import { InputError } from '../errors.js'
import { type OpenFile, openFile } from './open.js'

/** Fields of ModelProto. */
const [graphField, metadataField] = [7, 14]
/** Fields of ModelProto that real files have: each operator set, function and note is one. */
const mostFields = 10_000
const mostMetadata = 2 ** 24
/** A tag and a length, ten bytes each at most. */
const headLength = 20

/**
 * What the ONNX file at a path says of itself.
 * @throws {InputError} where there is no such file, it is no ONNX file, or is cut off.
 */
export async function metadataOf(path: string): Promise<ReadonlyMap<string, string>> {
  const file = await openFile(path)
  try {
    return await readMetadata(file)
  } finally {
    await file.close()
  }
}

/**
 * What an ONNX file says of itself (`metadata_props`), by its keys. Its graph and its weights are stepped over: only
 * the lengths of its outermost fields are read.
 * @throws {InputError} where it is no ONNX file, or is cut off.
 */
export async function readMetadata(
  source: Pick<OpenFile, 'name' | 'size' | 'read'>,
): Promise<ReadonlyMap<string, string>> {
  const { name, size } = source
  const found = new Map<string, string>()
  let [at, fields, hasGraph] = [0, 0, false]
  while (at < size) {
    const head = await source.read(at, Math.min(headLength, size - at))
    const { field, start, length } = fieldIn(head) ?? {}
    if (field === undefined || start === undefined || length === undefined || ++fields > mostFields)
      throw noOnnx(name)
    const [from, to] = [at + start, at + start + length]
    if (to > size) throw hasGraph || field === graphField ? cutOff(name, to, size) : noOnnx(name)
    if (field === graphField) hasGraph = true
    if (field === metadataField && length <= mostMetadata) {
      const entry = textsIn(await source.read(from, length))
      if (entry[1] !== undefined) found.set(entry[1], entry[2] ?? '')
    }
    at = to
  }
  if (!hasGraph) throw noOnnx(name)
  return found
}

function noOnnx(name: string): InputError {
  return new InputError({
    problem: `${name} is no ONNX file`,
    remedy: 'Give one that `heddle build` wrote: first the network, then the picture.',
  })
}

function cutOff(name: string, needed: number, size: number): InputError {
  return new InputError({
    problem: `${name} is an ONNX file that is cut off: it needs ${needed} bytes, and has ${size}`,
    remedy: 'Fetch or build it again.',
  })
}

interface Field {
  readonly field: number
  /** Where its bytes begin, and how many they are. */
  readonly start: number
  readonly length: number
}

/** A field's head; nothing where protobuf has no such field. */
function fieldIn(bytes: Uint8Array): Field | undefined {
  const tag = varint(bytes, 0)
  if (!tag || tag.value < 8) return undefined
  const field = Math.floor(tag.value / 8)
  const start = tag.end
  switch (tag.value % 8) {
    case 0: {
      const value = varint(bytes, start)
      return value && { field, start, length: value.end - start }
    }
    case 1:
      return { field, start, length: 8 }
    case 2: {
      const length = varint(bytes, start)
      return length && { field, start: length.end, length: length.value }
    }
    case 5:
      return { field, start, length: 4 }
  }
  return undefined
}

/** A number of 7 bits a byte, the lowest first; nothing where it does not end. */
function varint(bytes: Uint8Array, from: number): { value: number; end: number } | undefined {
  let value = 0
  for (let i = 0; i < 10; i++) {
    const byte = bytes[from + i]
    if (byte === undefined) return undefined
    value += (byte & 127) * 2 ** (7 * i)
    if (byte < 128) return { value, end: from + i + 1 }
  }
  return undefined
}

/** The texts of a message (StringStringEntryProto: 1 is the key, 2 the value) by their fields. */
function textsIn(bytes: Uint8Array): Readonly<Record<number, string>> {
  const texts: Record<number, string> = {}
  for (let at = 0; at < bytes.length; ) {
    const one = fieldIn(bytes.subarray(at, at + headLength))
    if (!one) break
    const from = at + one.start
    at = from + one.length
    texts[one.field] = new TextDecoder().decode(bytes.subarray(from, at))
  }
  return texts
}
