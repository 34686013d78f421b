import { createHash } from 'node:crypto'
import { pipeline, Readable } from 'node:stream'
import { createInflateRaw } from 'node:zlib'
import { type OpenFile, openFile } from '../files/open.js'
import { viewOf } from '../weights/formats/bytes.js'
import { damaged } from '../weights/formats/damaged.js'
import { type Listed, readDirectory } from '../weights/formats/zip-directory.js'

/** A Python wheel: a ZIP archive that lists its files with their digests in its RECORD. */
export interface Wheel {
  /** The package and its version, as its METADATA names them. */
  readonly name: string
  readonly version: string
  /** What its METADATA says of the licence; empty where it says nothing. */
  readonly licence: string
  /** Of all its files, by their paths in it. */
  readonly names: readonly string[]
  /** @throws {InputError} where the wheel has no such file, or its RECORD does not list it. */
  file(path: string): WheelFile
  close(): Promise<void>
}

export interface WheelFile {
  /** In bytes. */
  readonly size: number
  /** As RECORD writes it: base64 for URLs, without padding. */
  readonly sha256: string
  /** Its bytes, a piece at a time; the last is followed by an error where they are not those that RECORD lists. */
  chunks(): AsyncGenerator<Uint8Array>
}

/**
 * Opens a wheel; it is read by place, and never as a whole.
 * @throws {InputError} where it cannot be read, is cut off, or is no wheel.
 */
export async function openWheel(path: string): Promise<Wheel> {
  const source = await openFile(path)
  try {
    const { listed } = await readDirectory(source)
    const [metadata, record] = [
      await told(source, listed, 'METADATA'),
      await told(source, listed, 'RECORD'),
    ]
    const field = (name: string): string =>
      new RegExp(`^${name}: (.+?)\\s*$`, 'm').exec(metadata)?.[1] ?? ''
    const digests = new Map(
      [...record.matchAll(/^(.+),sha256=([\w-]+)=*,\d+\s*$/gm)].map(
        ([, name = '', sha256 = '']) => [name, sha256],
      ),
    )
    return {
      name: field('Name'),
      version: field('Version'),
      licence: field('License-Expression') || field('License'),
      names: listed.map(({ name }) => name),
      file: (path) => {
        const entry = listed.find(({ name }) => name === path)
        const sha256 = digests.get(path)
        if (!entry) throw damaged(source, `there is no ${path} in it`)
        if (!sha256) throw damaged(source, `its RECORD has no digest of ${path}`)
        return { size: entry.size, sha256, chunks: () => checked(source, entry, sha256) }
      },
      close: () => source.close(),
    }
  } catch (error) {
    await source.close()
    throw error
  }
}

/** The longest METADATA or RECORD that is read. */
const longestText = 2 ** 22

/** What a wheel says of itself, in one of the texts of its `.dist-info` folder. */
async function told(
  source: OpenFile,
  listed: readonly Listed[],
  name: 'METADATA' | 'RECORD',
): Promise<string> {
  const entry = listed.find((one) => /^[^/]+\.dist-info\/([^/]+)$/.exec(one.name)?.[1] === name)
  if (!entry)
    throw damaged(source, `it is no wheel: there is no ${name} in it`, 'Give a .whl file.')
  if (entry.size > longestText)
    throw damaged(source, `its ${name} has ${entry.size} bytes; ${longestText} are the most`)
  const chunks: Uint8Array[] = []
  for await (const chunk of unpacked(source, entry)) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

async function* checked(
  source: OpenFile,
  entry: Listed,
  sha256: string,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256')
  for await (const chunk of unpacked(source, entry)) {
    hash.update(chunk)
    yield chunk
  }
  const found = hash.digest('base64url')
  if (found !== sha256)
    throw damaged(
      source,
      `${entry.name} has the SHA-256 digest ${found}, and the wheel's RECORD says ${sha256}`,
    )
}

/** The bytes of an entry, as many as the directory says. */
async function* unpacked(source: OpenFile, entry: Listed): AsyncGenerator<Uint8Array> {
  const { name, method, size } = entry
  if (method !== 0 && method !== 8)
    throw damaged(source, `${name} is compressed by method ${method}; wheels have 0 and 8`)
  let done = 0
  try {
    for await (const chunk of method === 0 ? packed(source, entry) : inflated(source, entry)) {
      done += chunk.length
      if (done > size) break
      yield chunk
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('Z_'))
      throw damaged(source, `${name} cannot be unpacked: ${(error as Error).message}`)
    throw error
  }
  if (done !== size)
    throw damaged(source, `${name} has ${size} bytes by the directory, and ${done} or more in it`)
}

/** How much is read, and unpacked, at once. */
const piece = 2 ** 20

async function* inflated(source: OpenFile, entry: Listed): AsyncGenerator<Uint8Array> {
  const inflate = createInflateRaw({ chunkSize: piece })
  // An error on the way is thrown by what reads the end of it.
  pipeline(Readable.from(packed(source, entry)), inflate, () => {})
  yield* inflate
}

/** The bytes of an entry as they lie in the file, behind its own header. */
async function* packed(
  source: OpenFile,
  { name, header, packed: length }: Listed,
): AsyncGenerator<Uint8Array> {
  const beyond = (end: number): Error =>
    damaged(source, `${name} ends at byte ${end}, and the file at ${source.size}`)
  if (header + 30 > source.size) throw beyond(header + 30)
  const own = viewOf(await source.read(header, 30))
  const start = header + 30 + own.getUint16(26, true) + own.getUint16(28, true)
  if (start + length > source.size) throw beyond(start + length)
  for (let at = 0; at < length; at += piece)
    yield await source.read(start + at, Math.min(piece, length - at))
}
