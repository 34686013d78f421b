import { type ByteSource, u64, viewOf } from './bytes.js'
import { damaged } from './damaged.js'
import { printName } from './place.js'

/** What the directory says of an entry. */
export interface Listed {
  readonly name: string
  readonly nameBytes: Uint8Array
  readonly flags: number
  /** How it is compressed; 0 for not at all. */
  readonly method: number
  /** In bytes, as it is stored. */
  readonly packed: number
  readonly size: number
  /** Where its own header begins. */
  readonly header: number
}

export interface Directory {
  readonly listed: readonly Listed[]
  /** Where the directory begins, and what it lists has ended. */
  readonly end: number
}

const longestDirectory = 2 ** 25
const [max16, max32] = [0xffff, 0xffffffff]

/** The directory at the end of a ZIP archive, and where it begins. */
export async function readDirectory(source: ByteSource): Promise<Directory> {
  const { count, size, offset } = await readEnd(source)
  if (size > longestDirectory)
    throw damaged(source, `a ZIP directory of ${size} bytes; ${longestDirectory} is the most`)
  const bytes = await source.read(offset, size)
  const listed: Listed[] = []
  const names = new Set<string>()
  let at = 0
  while (at < size) {
    const next = endOfEntry(bytes, at)
    if (next === undefined)
      throw damaged(source, `the ZIP directory is damaged at byte ${offset + at} of the file`)
    const entry = readEntry(source, bytes.subarray(at, next))
    if (names.has(entry.name))
      throw damaged(source, `entry ${printName(entry.name)} is there twice`)
    names.add(entry.name)
    listed.push(entry)
    at = next
  }
  if (listed.length !== count)
    throw damaged(
      source,
      `the ZIP directory has ${listed.length} entries, and ${count} are said to be there`,
    )
  return { listed, end: offset }
}

function endOfEntry(bytes: Uint8Array, at: number): number | undefined {
  if (at + 46 > bytes.length) return undefined
  const view = viewOf(bytes.subarray(at, at + 46))
  if (view.getUint32(0, true) !== 0x02014b50) return undefined
  const end =
    at + 46 + view.getUint16(28, true) + view.getUint16(30, true) + view.getUint16(32, true)
  return end <= bytes.length ? end : undefined
}

function readEntry(source: ByteSource, bytes: Uint8Array): Listed {
  const view = viewOf(bytes)
  const nameBytes = bytes.slice(46, 46 + view.getUint16(28, true))
  const name = new TextDecoder().decode(nameBytes)
  const wrong = (problem: string, remedy?: string): Error =>
    damaged(source, `entry ${printName(name)} ${problem}`, remedy)
  const segments = name.split('/')
  if (segments.includes('..') || segments[0] === '' || /[\\:\ufffd]/.test(name))
    throw wrong('has a name that leads out of the archive, or is no name')
  const [flags, method] = [view.getUint16(8, true), view.getUint16(10, true)]
  if (flags & 0x2041) throw wrong('is encrypted', 'Decrypt the archive, or save it again.')
  if (view.getUint16(34, true) !== 0 && view.getUint16(34, true) !== max16)
    throw wrong('lies on another disk', 'Join the parts of the archive first.')
  const fields = { packed: view.getUint32(20, true), size: view.getUint32(24, true) }
  const { packed, size, header } = inFull(wrong, bytes, {
    ...fields,
    header: view.getUint32(42, true),
  })
  return { name, nameBytes, flags, method, packed, size, header }
}

interface Fields {
  readonly packed: number
  readonly size: number
  readonly header: number
}

/** Numbers that do not fit 32 bits stand in an extra field, in this order. */
function inFull(wrong: (problem: string) => Error, bytes: Uint8Array, fields: Fields): Fields {
  const { packed, size, header } = fields
  if (packed !== max32 && size !== max32 && header !== max32) return fields
  const view = viewOf(bytes)
  const end = 46 + view.getUint16(28, true) + view.getUint16(30, true)
  let at = 46 + view.getUint16(28, true)
  let length = 0
  while (at + 4 <= end && view.getUint16(at, true) !== 1) at += 4 + view.getUint16(at + 2, true)
  if (at + 4 <= end) length = view.getUint16(at + 2, true)
  at += 4
  const last = Math.min(at + length, end)
  const next = (field: number): number => {
    if (field !== max32) return field
    if (at + 8 > last) throw wrong('lacks a size or place of 64 bits')
    at += 8
    return u64(view, at - 8)
  }
  return { size: next(size), packed: next(packed), header: next(header) }
}

/** The end record says where the directory is; it stands at the very end, behind it only a comment. */
async function readEnd(source: ByteSource): Promise<Place> {
  const length = Math.min(source.size, 22 + max16 + 20)
  const start = source.size - length
  const bytes = await source.read(start, length)
  const view = viewOf(bytes)
  for (let at = length - 22; at >= 0; at--) {
    if (view.getUint32(at, true) !== 0x06054b50) continue
    if (at + 22 + view.getUint16(at + 20, true) !== length) continue
    const [disk, first] = [view.getUint16(at + 4, true), view.getUint16(at + 6, true)]
    const here = view.getUint16(at + 8, true)
    const place = {
      count: view.getUint16(at + 10, true),
      size: view.getUint32(at + 12, true),
      offset: view.getUint32(at + 16, true),
    }
    if ((disk !== 0 && disk !== max16) || (first !== 0 && first !== max16) || here !== place.count)
      throw damaged(source, 'one disk of a ZIP archive of several', 'Join the parts first.')
    const wide = at >= 20 && view.getUint32(at - 20, true) === 0x07064b50
    return wide
      ? await readWideEnd(source, start + at - 20, u64(view, at - 12), place)
      : checked(source, place, start + at)
  }
  throw damaged(source, `a ZIP archive without its directory: cut off at byte ${source.size}`)
}

interface Place {
  readonly count: number
  readonly size: number
  readonly offset: number
}

/** The end record of zip64, and its locator, at `locator`; it stands before it. */
async function readWideEnd(
  source: ByteSource,
  locator: number,
  record: number,
  short: Place,
): Promise<Place> {
  if (record + 56 > locator)
    throw damaged(
      source,
      `the zip64 record is said to be at byte ${record}, its locator at ${locator}`,
    )
  const view = viewOf(await source.read(record, 56))
  if (view.getUint32(0, true) !== 0x06064b50 || record + 12 + u64(view, 4) !== locator)
    throw damaged(source, `there is no zip64 record at byte ${record}`)
  if (view.getUint32(16, true) !== 0 || view.getUint32(20, true) !== 0)
    throw damaged(source, 'one disk of a ZIP archive of several', 'Join the parts first.')
  const place = { count: u64(view, 32), size: u64(view, 40), offset: u64(view, 48) }
  const agree = (wide: number, narrow: number, none: number): boolean =>
    narrow === none || narrow === wide
  if (
    !agree(place.count, short.count, max16) ||
    !agree(place.size, short.size, max32) ||
    !agree(place.offset, short.offset, max32)
  )
    throw damaged(source, 'the two end records of the ZIP archive do not say the same')
  return checked(source, place, record)
}

/** The directory ends where its end record begins. */
function checked(source: ByteSource, place: Place, end: number): Place {
  if (place.offset + place.size !== end)
    throw damaged(
      source,
      `the ZIP directory is said to end at byte ${place.offset + place.size}, and ends at ${end}`,
    )
  return place
}
