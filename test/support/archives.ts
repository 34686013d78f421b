/** What is refused is put together here, byte by byte: PyTorch would not write it. */

const text = new TextEncoder()

export function bytesOf(...parts: readonly (string | number | Uint8Array)[]): Uint8Array {
  const all = parts.map((part) => {
    if (typeof part === 'number') return Uint8Array.of(part)
    return typeof part === 'string' ? text.encode(part) : part
  })
  const whole = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of all) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** A number of `size` bytes, little-endian. */
export function little(value: number, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => Math.floor(value / 256 ** i) % 256)
}

interface StorageWords {
  readonly type?: string
  readonly key?: string
}

interface TensorWords {
  /** Of the storage, in elements. */
  readonly size?: number
  readonly type?: string
  readonly first?: number
  readonly shape?: readonly number[]
  readonly strides?: readonly number[]
}

/** Operations of a pickle, by their letters. */
export const pickled = {
  text: (value: string): Uint8Array => bytesOf('X', little(text.encode(value).length, 4), value),
  integer: (value: number): Uint8Array => bytesOf(0x8a, 8, littleSigned(value)),
  storage: (size: number, { type = 'FloatStorage', key = '0' }: StorageWords = {}): Uint8Array =>
    bytesOf(
      '(',
      pickled.text('storage'),
      `ctorch\n${type}\n`,
      pickled.text(key),
      pickled.text('cpu'),
      pickled.integer(size),
      'tQ',
    ),
  tensor: ({
    size = 4,
    type = 'FloatStorage',
    first = 0,
    shape = [4],
    strides = [1],
  }: TensorWords = {}): Uint8Array =>
    bytesOf(
      'ctorch._utils\n_rebuild_tensor_v2\n(',
      pickled.storage(size, { type }),
      pickled.integer(first),
      pickled.tuple(shape),
      pickled.tuple(strides),
      0x89,
      ')tR',
    ),
  tuple: (values: readonly number[]): Uint8Array =>
    bytesOf('(', ...values.map(pickled.integer), 't'),
  /** A dictionary with one entry, which is the whole pickle. */
  dictionary: (key: string, ...value: readonly (string | number | Uint8Array)[]): Uint8Array =>
    bytesOf(0x80, 2, '}', pickled.text(key), ...value, 's.'),
}

function littleSigned(value: number): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigInt64(0, BigInt(value), true)
  return bytes
}

export interface Entry {
  readonly name: string
  readonly data: Uint8Array
  /** What the directory says instead. */
  readonly listed?: Partial<Fields>
  /** What the entry's own header says instead. */
  readonly own?: Partial<Fields>
}

interface Fields {
  readonly name: string
  readonly flags: number
  readonly method: number
  readonly packed: number
  readonly size: number
  readonly disk: number
  readonly header: number
}

export interface End {
  readonly disk: number
  readonly count: number
  readonly size: number
  readonly offset: number
}

/** A ZIP archive that may lie. */
export function zipOf(entries: readonly Entry[], end: Partial<End> = {}): Uint8Array {
  let at = 0
  const files: Uint8Array[] = []
  const directory: Uint8Array[] = []
  for (const { name, data, listed, own } of entries) {
    const { length } = data
    const said = { name, flags: 0, method: 0, packed: length, size: length, disk: 0, header: at }
    const common = ({ flags, method, packed, size, name }: Fields): Uint8Array =>
      bytesOf(
        ...[little(20, 2), little(flags, 2), little(method, 2), little(0, 8)],
        ...[little(packed, 4), little(size, 4), little(text.encode(name).length, 2), little(0, 2)],
      )
    const header = { ...said, ...own }
    files.push(bytesOf('PK', 3, 4, common(header), header.name, data))
    const central = { ...said, ...listed }
    directory.push(
      bytesOf(
        ...['PK', 1, 2, little(20, 2), common(central), little(0, 2), little(central.disk, 2)],
        ...[little(0, 6), little(central.header, 4), central.name],
      ),
    )
    at += files.at(-1)?.length ?? 0
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0)
  const told = { disk: 0, count: entries.length, size, offset: at, ...end }
  const record = bytesOf(
    ...['PK', 5, 6, little(told.disk, 2), little(told.disk, 2), little(told.count, 2)],
    ...[little(told.count, 2), little(told.size, 4), little(told.offset, 4), little(0, 2)],
  )
  return bytesOf(...files, ...directory, record)
}

/** What torch.save writes, of a pickle and one storage of `bytes` bytes. */
export function torchZip(pickle: Uint8Array, bytes = 16): Uint8Array {
  return zipOf([
    { name: 'net/data.pkl', data: pickle },
    { name: 'net/data/0', data: new Uint8Array(bytes) },
  ])
}

export function safetensorsOf(header: string | object, bytes = 0, length?: number): Uint8Array {
  const json = text.encode(typeof header === 'string' ? header : JSON.stringify(header))
  return bytesOf(little(length ?? json.length, 8), json, new Uint8Array(bytes))
}
