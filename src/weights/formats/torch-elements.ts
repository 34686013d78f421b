import type { Element } from './pickled.js'

const read = (name: Element['type'] & string, bytes: number): Element => ({
  name,
  bytes,
  type: name,
})
const unread = (name: string, bytes: number): Element => ({ name, bytes })

/** PyTorch's types by the names of their dtypes (`torch.float32`). */
export const dtypes: ReadonlyMap<string, Element> = new Map(
  [
    read('float64', 8),
    read('float32', 4),
    read('float16', 2),
    read('bfloat16', 2),
    read('int64', 8),
    read('int32', 4),
    read('int16', 2),
    read('int8', 1),
    read('uint8', 1),
    read('bool', 1),
    unread('complex32', 4),
    unread('complex64', 8),
    unread('complex128', 16),
    unread('uint16', 2),
    unread('uint32', 4),
    unread('uint64', 8),
    unread('float8_e4m3fn', 1),
    unread('float8_e4m3fnuz', 1),
    unread('float8_e5m2', 1),
    unread('float8_e5m2fnuz', 1),
    unread('float8_e8m0fnu', 1),
    unread('qint8', 1),
    unread('quint8', 1),
    unread('qint32', 4),
    unread('quint4x2', 1),
    unread('quint2x4', 1),
  ].map((element) => [element.name, element]),
)

/** Its storage classes (`torch.FloatStorage`), by the dtype that each holds; an untyped one is told in bytes. */
const storages: Readonly<Record<string, string>> = {
  Double: 'float64',
  Float: 'float32',
  Half: 'float16',
  BFloat16: 'bfloat16',
  Long: 'int64',
  Int: 'int32',
  Short: 'int16',
  Char: 'int8',
  Byte: 'uint8',
  Bool: 'bool',
  ComplexFloat: 'complex64',
  ComplexDouble: 'complex128',
  QInt8: 'qint8',
  QUInt8: 'quint8',
  QInt32: 'qint32',
  QUInt4x2: 'quint4x2',
  QUInt2x4: 'quint2x4',
}

const untyped = unread('untyped', 1)

/** Storage classes by their full names: of the CPU, and of CUDA in old files. */
export const storageClasses: ReadonlyMap<string, Element> = new Map([
  ...Object.entries(storages).flatMap(([name, dtype]) => {
    const element = dtypes.get(dtype) as Element
    return ['torch', 'torch.cuda'].map((module) => [`${module}.${name}Storage`, element] as const)
  }),
  ...['torch.UntypedStorage', 'torch._UntypedStorage', 'torch.cuda.UntypedStorage'].map(
    (name) => [name, untyped] as const,
  ),
  ...['torch.storage.UntypedStorage', 'torch.storage._UntypedStorage'].map(
    (name) => [name, untyped] as const,
  ),
])
