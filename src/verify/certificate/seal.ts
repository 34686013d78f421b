import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'

/** SHA-256 in bare hexadecimal. */
export async function sha256(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array | string>,
): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of chunks) hash.update(chunk)
  return hash.digest('hex')
}

export function sha256OfFile(path: string): Promise<string> {
  return sha256(createReadStream(path))
}

/** JSON with its keys in order and without spaces: the same text for the same content. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    each && typeof each === 'object' && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  )
}

/** What a certificate says of itself: the hash of all else in it. */
export function sealOf(content: object): Promise<string> {
  const { sha256: _, ...rest } = content as { sha256?: string }
  return sha256([canonical(rest)])
}
