import { type ByteSource, u64, viewOf } from './bytes.js'
import { damaged } from './damaged.js'
import { elementBytes } from './elements.js'
import { type JsonScanner, jsonScanner } from './json-scanner.js'
import { mostAxes, placeTensor, printName } from './place.js'
import type { StoredTensor, StoredType } from './tensor-file.js'
import { rowMajor } from './view.js'

/** As the format's own reader has it. */
const longestHeader = 100_000_000

const types: Readonly<Record<string, StoredType>> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  I64: 'int64',
  I32: 'int32',
  I16: 'int16',
  I8: 'int8',
  U8: 'uint8',
  BOOL: 'bool',
}

/** A safetensors file: the length of a header, the header in JSON, and tensors without gaps between them. */
export async function readSafetensors(source: ByteSource): Promise<readonly StoredTensor[]> {
  if (source.size < 8) throw damaged(source, `${source.size} bytes; a header begins with 8`)
  const length = u64(viewOf(await source.read(0, 8)), 0)
  if (length > source.size - 8)
    throw damaged(
      source,
      `the header is said to have ${length} bytes; ${source.size - 8} are there`,
    )
  if (length > longestHeader)
    throw damaged(source, `the header has ${length} bytes; ${longestHeader} is the most`)
  const header = readHeader(source, await source.read(8, length))
  const data = { offset: 8 + length, size: source.size - 8 - length }
  withoutGaps(source, header, data.size)
  return header.map(({ name, type, shape, begin, end }) =>
    placeTensor({
      name,
      type,
      shape,
      source,
      strides: rowMajor(shape),
      littleEndian: true,
      first: 0,
      region: { offset: data.offset + begin, size: end - begin },
    }),
  )
}

interface Entry {
  readonly name: string
  readonly type: StoredType
  readonly shape: readonly number[]
  readonly begin: number
  readonly end: number
}

function readHeader(source: ByteSource, bytes: Uint8Array): readonly Entry[] {
  const json = jsonScanner(source, bytes, 'the header')
  const entries: Entry[] = []
  json.object((name) => {
    if (name === '__metadata__') json.object(() => json.string())
    else entries.push(readEntry(source, json, name))
  })
  json.end()
  return entries
}

function readEntry(source: ByteSource, json: JsonScanner, name: string): Entry {
  const wrong = (problem: string, remedy?: string): Error =>
    damaged(source, `tensor ${printName(name)} ${problem}`, remedy)
  let dtype: string | undefined
  let shape: readonly number[] | undefined
  let offsets: readonly number[] | undefined
  json.object((key) => {
    if (key === 'dtype') dtype = json.string()
    else if (key === 'shape') shape = counts(json, mostAxes)
    else if (key === 'data_offsets') offsets = counts(json, 2)
    else throw wrong(`has a field ${printName(key)}, which the format does not know`)
  })
  if (dtype === undefined || shape === undefined || offsets === undefined)
    throw wrong('lacks one of dtype, shape and data_offsets')
  const type = Object.hasOwn(types, dtype) ? types[dtype] : undefined
  if (!type)
    throw wrong(
      `is of type ${printName(dtype)}; heddle reads ${Object.keys(types).join(', ')}`,
      'Save it as one of these.',
    )
  if (shape.length > mostAxes) throw wrong(`has over ${mostAxes} axes`)
  const [begin, end] = offsets
  if (begin === undefined || end === undefined || offsets.length > 2 || end < begin)
    throw wrong(`has data_offsets ${JSON.stringify(offsets)}: a beginning and an end are meant`)
  const size = shape.reduce((product, side) => product * side, elementBytes[type])
  if (size !== end - begin)
    throw wrong(
      `has ${size} bytes by its shape [${shape.join(', ')}] and type ${dtype}, and ${end - begin} by its offsets`,
    )
  return { name, type, shape, begin, end }
}

function counts(json: JsonScanner, most: number): readonly number[] {
  const numbers: number[] = []
  json.array(() => {
    // One more than may be is enough to be refused.
    const count = json.count()
    if (numbers.length <= most) numbers.push(count)
  })
  return numbers
}

/** Tensors fill the data, each from where the one before it ends. */
function withoutGaps(source: ByteSource, entries: readonly Entry[], size: number): void {
  let at = 0
  for (const { name, begin, end } of entries.toSorted(
    (a, b) => a.begin - b.begin || a.end - b.end,
  )) {
    if (begin !== at)
      throw damaged(
        source,
        `tensor ${printName(name)} begins at byte ${begin} of the data; the one before it ends at ${at}`,
      )
    at = end
  }
  if (at !== size)
    throw damaged(source, `the tensors end at byte ${at} of the data, which has ${size}`)
}
