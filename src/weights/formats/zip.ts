import { type ByteSource, type Pieces, pieces, viewOf } from './bytes.js'
import { damaged } from './damaged.js'
import { printName } from './place.js'
import type { Directory, Listed } from './zip-directory.js'

/** A file in an archive: where its bytes are, as they are. */
export interface ZipEntry {
  readonly name: string
  readonly offset: number
  readonly size: number
}

/**
 * The files of a ZIP archive that stores them as they are. Each is where the directory and its own header say, both
 * alike, and none lies in another.
 */
export async function locateEntries(
  source: ByteSource,
  { listed, end }: Directory,
): Promise<ReadonlyMap<string, ZipEntry>> {
  const read = pieces(source, 4096)
  const entries = new Map<string, ZipEntry>()
  const order = listed.toSorted((a, b) => a.header - b.header)
  for (const [i, each] of order.entries()) {
    const { name, header, method, packed, size } = each
    const wrong = (problem: string, remedy?: string): Error =>
      damaged(source, `entry ${printName(name)} ${problem}`, remedy)
    if (method !== 0)
      throw wrong(
        `is compressed (method ${method}, ${packed} bytes of ${size}); torch.save stores as it is`,
        'Unpack the archive and pack it without compression (zip -0 -r), or save it again.',
      )
    if (packed !== size) throw wrong(`is stored as it is, with ${packed} bytes of ${size}`)
    const offset = header + (await headerLength(each, read, wrong))
    const next = order[i + 1]?.header ?? end
    if (offset + size > next)
      throw wrong(`ends at byte ${offset + size}, and what follows it begins at ${next}`)
    entries.set(name, { name, offset, size })
  }
  return entries
}

/** The length of an entry's own header, which says what the directory says. */
async function headerLength(
  { header, name, nameBytes, flags, size }: Listed,
  read: Pieces,
  wrong: (problem: string) => Error,
): Promise<number> {
  const fixed = await read(header, 30)
  const start = fixed && viewOf(fixed)
  if (start?.getUint32(0, true) !== 0x04034b50) throw wrong(`has no header at byte ${header}`)
  const lengths = [start.getUint16(26, true), start.getUint16(28, true)] as const
  const length = 30 + lengths[0] + lengths[1]
  const whole = await read(header, length)
  if (!whole)
    throw wrong(`has a header of ${length} bytes at ${header}, beyond the end of the file`)
  const view = viewOf(whole)
  const own = whole.subarray(30, 30 + lengths[0])
  if (own.length !== nameBytes.length || own.some((byte, i) => byte !== nameBytes[i]))
    throw wrong(`is ${printName(name)} in the directory, and something else in its own header`)
  if (view.getUint16(6, true) !== flags || view.getUint16(8, true) !== 0)
    throw wrong('is stored as it is by the directory, and not by its own header')
  // Zero where the sizes follow the data, all ones where they stand in an extra field.
  for (const at of [18, 22]) {
    const own = view.getUint32(at, true)
    if (own !== size && own !== 0xffffffff && !(own === 0 && flags & 8))
      throw wrong(`has ${size} bytes by the directory, and ${own} by its own header`)
  }
  return length
}
