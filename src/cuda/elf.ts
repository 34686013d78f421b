import { closeSync, openSync, readSync } from 'node:fs'

/** What a shared library of Linux says of itself, before anything loads it. */
export interface SharedLibrary {
  /** What it runs on, in the words of `process.arch`. */
  readonly machine: string
  /** Its own name (DT_SONAME), by which others need it. */
  readonly name: string | undefined
  /** The libraries that it needs (DT_NEEDED), in its order. */
  readonly needed: readonly string[]
}

/** By ELF's e_machine. */
const machines: Readonly<Record<number, string>> = {
  3: 'ia32',
  40: 'arm',
  62: 'x64',
  183: 'arm64',
  243: 'riscv64',
}

/** Types of program headers, and tags of the dynamic section. */
const [load, dynamic] = [1, 2]
const tags = { end: 0, needed: 1, strings: 5, name: 14 }

/** Bytes that are held at once. */
const piece = 2 ** 20

type Read = (offset: number, length: number) => Buffer

/**
 * Reads the headers of a library, a few hundred bytes here and there: libraries of CUDA have hundreds of megabytes.
 * Nothing where the file is no 64-bit ELF file, or is cut short.
 */
export function readSharedLibrary(path: string): SharedLibrary | undefined {
  return reading(path, (read) => {
    const header = read(0, 64)
    const isElf = header.length === 64 && header.toString('latin1', 0, 6) === '\x7fELF\x02\x01'
    if (!isElf) return undefined
    const code = header.readUInt16LE(18)
    const machine = machines[code] ?? `machine ${code}`
    const segments = segmentsOf(header, read)
    const found = segments.find(({ type }) => type === dynamic)
    if (!found) return { machine, name: undefined, needed: [] }
    const entries = entriesOf(read(found.offset, found.length))
    const address = entries.find(({ tag }) => tag === tags.strings)?.value
    const holder = segments.find(
      ({ type, start, length }) =>
        type === load && address !== undefined && address >= start && address < start + length,
    )
    if (address === undefined || !holder) return undefined
    const strings = holder.offset + address - holder.start
    const wordsOf = (wanted: number): string[] =>
      entries
        .filter(({ tag }) => tag === wanted)
        .map(
          ({ value }) =>
            read(strings + value, 256)
              .toString('latin1')
              .split('\0')[0] as string,
        )
    return { machine, name: wordsOf(tags.name)[0], needed: wordsOf(tags.needed) }
  })
}

/** Whether a file has these bytes anywhere; read a piece at a time. */
export function fileHolds(path: string, wanted: string): boolean {
  const bytes = Buffer.from(wanted, 'latin1')
  return reading(path, (read) => {
    // Pieces overlap: the bytes may lie across an end.
    for (let offset = 0; ; offset += piece - bytes.length) {
      const here = read(offset, piece)
      if (here.includes(bytes)) return true
      if (here.length < piece) return false
    }
  })
}

interface Segment {
  readonly type: number
  readonly offset: number
  /** Its address once it is loaded. */
  readonly start: number
  readonly length: number
}

function segmentsOf(header: Buffer, read: Read): readonly Segment[] {
  const [size, count] = [header.readUInt16LE(54), header.readUInt16LE(56)]
  const table = read(Number(header.readBigUInt64LE(32)), size * count)
  return rowsOf(table, size, 56).map((row) => ({
    type: row.readUInt32LE(0),
    offset: Number(row.readBigUInt64LE(8)),
    start: Number(row.readBigUInt64LE(16)),
    length: Number(row.readBigUInt64LE(32)),
  }))
}

interface Entry {
  readonly tag: number
  readonly value: number
}

function entriesOf(section: Buffer): readonly Entry[] {
  const entries = rowsOf(section, 16, 16).map((row) => ({
    tag: Number(row.readBigInt64LE(0)),
    value: Number(row.readBigUInt64LE(8)),
  }))
  const end = entries.findIndex(({ tag }) => tag === tags.end)
  return end < 0 ? entries : entries.slice(0, end)
}

/** The whole rows of a table; none where they are shorter than what is read of each. */
function rowsOf(table: Buffer, size: number, least: number): readonly Buffer[] {
  if (size < least) return []
  const count = Math.floor(table.length / size)
  return Array.from({ length: count }, (_, i) => table.subarray(i * size, (i + 1) * size))
}

/** Reads may give less than was asked for, at the end of the file. */
function reading<T>(path: string, use: (read: Read) => T): T {
  const file = openSync(path, 'r')
  try {
    return use((offset, length) => {
      if (!Number.isSafeInteger(offset)) return Buffer.alloc(0)
      const bytes = Buffer.alloc(Math.min(length, piece))
      return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, offset))
    })
  } finally {
    closeSync(file)
  }
}
