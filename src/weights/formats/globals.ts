import { type Global, opaque, type Pickled, type Wrong } from './pickled.js'
import {
  isList,
  rebuildFromType,
  rebuildOfType,
  rebuildParameter,
  rebuildTensor,
  unreadable,
} from './rebuild.js'
import { dtypes, storageClasses } from './torch-elements.js'

type Call = NonNullable<Global['call']>

/** A dictionary, empty or of pairs (as Python 2 wrote them). */
function dictionary([pairs = []]: readonly Pickled[], wrong: Wrong): Pickled {
  if (pairs instanceof Map) return new Map(pairs)
  if (!isList(pairs)) return new Map()
  return new Map(
    pairs.map((pair): [Pickled, Pickled] => {
      if (!isList(pair) || pair.length !== 2) throw wrong('a dictionary is made of what is no pair')
      return [pair[0] as Pickled, pair[1] as Pickled]
    }),
  )
}

/** The names of data that tensors need. */
const calls: Readonly<Record<string, Call>> = {
  'collections.OrderedDict': dictionary,
  'collections.defaultdict': (args, wrong) => dictionary(args.slice(1), wrong),
  'collections.Counter': dictionary,
  'torch.Size': ([sides = []], wrong) => {
    if (!isList(sides)) throw wrong('a size is made of what is no tuple')
    return sides
  },
  'torch._utils._rebuild_tensor': rebuildTensor,
  'torch._utils._rebuild_tensor_v2': rebuildTensor,
  'torch._utils._rebuild_tensor_v3': rebuildOfType,
  'torch._utils._rebuild_parameter': rebuildParameter,
  'torch._utils._rebuild_parameter_with_state': rebuildParameter,
  'torch._tensor._rebuild_from_type_v2': rebuildFromType,
  'torch._utils._rebuild_qtensor': unreadable('is quantized'),
  'torch._utils._rebuild_sparse_tensor': unreadable('is sparse'),
  'torch._utils._rebuild_sparse_csr_tensor': unreadable('is sparse'),
  'torch._utils._rebuild_nested_tensor': unreadable('is nested'),
  'torch._utils._rebuild_meta_tensor_no_storage': unreadable(
    'is on the meta device, without values',
  ),
  'torch._utils._rebuild_wrapper_subclass': unreadable('is of a class of its own'),
  'torch._utils._rebuild_device_tensor_from_cpu_tensor': unreadable('is of a device of its own'),
  'torch._utils._rebuild_device_tensor_from_numpy': unreadable('is of a device of its own'),
}

/** Data of training files beside their tensors. A call of these is noted as a thing that is not looked into. */
const inert: readonly string[] = [
  'argparse.Namespace',
  '_codecs.encode',
  'collections.deque',
  'datetime.date',
  'datetime.datetime',
  'datetime.time',
  'datetime.timedelta',
  'datetime.timezone',
  'decimal.Decimal',
  'uuid.UUID',
  ...['pathlib', 'pathlib._local'].flatMap((module) =>
    ['Path', 'PosixPath', 'PurePath', 'PurePosixPath', 'PureWindowsPath', 'WindowsPath'].map(
      (name) => `${module}.${name}`,
    ),
  ),
  // `getattr` names a method of HistoryBuffer in the message hub of mmengine.
  ...['builtins', '__builtin__'].flatMap((module) =>
    [
      ...['bool', 'bytearray', 'bytes', 'complex', 'dict', 'float', 'frozenset', 'getattr', 'int'],
      ...['list', 'long', 'object', 'range', 'set', 'slice', 'str', 'tuple', 'unicode', 'xrange'],
    ].map((name) => `${module}.${name}`),
  ),
  ...['', '.min', '.max', '.mean', '.current'].map(
    (method) => `mmengine.logging.history_buffer.HistoryBuffer${method}`,
  ),
  'numpy.dtype',
  'numpy.ndarray',
  ...['numpy.core', 'numpy._core'].flatMap((module) =>
    ['multiarray.scalar', 'multiarray._reconstruct', 'numeric._frombuffer'].map(
      (name) => `${module}.${name}`,
    ),
  ),
  ...['bool_', 'bool', 'float16', 'float32', 'float64', 'int8', 'int16', 'int32', 'int64'].map(
    (name) => `numpy.${name}`,
  ),
  ...['uint8', 'uint16', 'uint32', 'uint64', 'str_'].map((name) => `numpy.${name}`),
  'torch.Tensor',
  'torch.device',
  'torch.nn.parameter.Parameter',
  'torch.serialization._get_layout',
  ...['strided', 'per_tensor_affine', 'per_channel_affine'].map((name) => `torch.${name}`),
]

const known: ReadonlyMap<string, Global> = new Map(
  [
    ...inert.map((name): Global => ({ kind: 'global', name, call: () => opaque })),
    ...Object.entries(calls).map(([name, call]): Global => ({ kind: 'global', name, call })),
    ...[...dtypes].map(
      ([name, element]): Global => ({ kind: 'global', name: `torch.${name}`, element }),
    ),
    ...[...storageClasses].map(([name, element]): Global => ({ kind: 'global', name, element })),
  ].map((global) => [global.name, global]),
)

/** What a name stands for, by `module.name`; nothing where it is not allowed. */
export function globalOf(name: string): Global | undefined {
  return known.get(name)
}

/** Whether a name is of PyTorch's modules: of a network that was pickled as a whole. */
export function isModule(name: string): boolean {
  return /^torch\.nn\./.test(name)
}
