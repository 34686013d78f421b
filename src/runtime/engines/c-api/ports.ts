import type { Port } from '../../tensor.js'
import { elementOf } from './elements.js'
import type { Pointer } from './functions.js'
import { given, typeAndSides } from './handles.js'
import type { Library } from './library.js'

/** What a session takes and gives. */
export function portsOf(
  library: Library,
  session: Pointer,
): { readonly inputs: readonly Port[]; readonly outputs: readonly Port[] } {
  const { ort } = library
  const allocator = given((cell) => ort.GetAllocatorWithDefaultOptions(cell))
  const ports = (
    count: typeof ort.SessionGetInputCount,
    nameOf: typeof ort.SessionGetInputName,
    typeOf: typeof ort.SessionGetInputTypeInfo,
  ): readonly Port[] =>
    Array.from({ length: Number(given((cell) => count(session, cell))) }, (_, i) => {
      const text = given((cell) => nameOf(session, i, allocator, cell))
      const name = library.textAt(text)
      ort.AllocatorFree(allocator, text)
      const type = given((cell) => typeOf(session, i, cell))
      try {
        return portAt(library, name, type)
      } finally {
        ort.ReleaseTypeInfo(type)
      }
    })
  return {
    inputs: ports(ort.SessionGetInputCount, ort.SessionGetInputName, ort.SessionGetInputTypeInfo),
    outputs: ports(
      ort.SessionGetOutputCount,
      ort.SessionGetOutputName,
      ort.SessionGetOutputTypeInfo,
    ),
  }
}

function portAt({ ort, textAt }: Library, name: string, type: Pointer): Port {
  // Part of the type's own information: not released by itself, and null where the type is no tensor's.
  const info = given((cell) => ort.CastTypeInfoToTensorInfo(type, cell))
  if (info === 0n) return { name, type: 'other', shape: [] }
  const [element, sides] = typeAndSides(ort, info)
  const names = new BigUint64Array(sides.length)
  ort.GetSymbolicDimensions(info, names, names.length)
  return {
    name,
    type: elementOf(element) ?? 'other',
    shape: Array.from(sides, (side, i) => (side < 0 ? textAt(names[i] as bigint) : Number(side))),
  }
}
