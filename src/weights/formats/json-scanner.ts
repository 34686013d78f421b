import { damaged } from './damaged.js'

/** Objects within objects that are looked through. */
const deepest = 100
/** Keys in all; a tensor has four. */
const mostKeys = 2 ** 18

/**
 * Reads JSON without building what it says: `JSON.parse` keeps the last of two equal keys, and makes whatever a
 * header of 100 MB asks for.
 */
export interface JsonScanner {
  /** Reads an object, and hands on each key, whose value the function reads. */
  object(member: (key: string) => void): void
  array(element: () => void): void
  string(): string
  /** A whole number from 0 to 2^53 − 1. */
  count(): number
  /** Any value, which nobody wants. */
  skip(): void
  /** Nothing but blanks is left. */
  end(): void
}

/** A scanner of UTF-8; `where` names the text in errors, which give bytes from its beginning. */
export function jsonScanner(
  source: { readonly name: string },
  bytes: Uint8Array,
  where: string,
): JsonScanner {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let at = 0
  let depth = 0
  let keyCount = 0

  const wrong = (problem: string): Error =>
    damaged(source, `${problem} at byte ${at} of ${where} (${bytes.length} bytes)`)
  const blank = (byte: number | undefined): boolean =>
    byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
  const next = (): string => {
    while (blank(bytes[at])) at++
    return at < bytes.length ? String.fromCharCode(bytes[at] as number) : ''
  }
  const expect = (character: string): void => {
    const found = next()
    if (found !== character)
      throw wrong(`${found === '' ? 'the end' : JSON.stringify(found)} instead of ${character}`)
    at++
  }
  const list = (open: string, close: string, one: () => void): void => {
    expect(open)
    if (++depth > deepest) throw wrong(`more than ${deepest} levels`)
    if (next() !== close)
      for (;;) {
        one()
        if (next() !== ',') break
        at++
      }
    expect(close)
    depth--
  }
  const string = (): string => {
    expect('"')
    const start = at
    while (at < bytes.length && bytes[at] !== 0x22) at += bytes[at] === 0x5c ? 2 : 1
    if (at >= bytes.length) throw wrong('a string without an end')
    const quoted = bytes.subarray(start - 1, ++at)
    try {
      return JSON.parse(decoder.decode(quoted))
    } catch {
      at = start
      throw wrong('a string that is not UTF-8, or not JSON')
    }
  }
  const token = (): string => {
    next()
    const start = at
    while (at < bytes.length && /[\w.+-]/.test(String.fromCharCode(bytes[at] as number))) {
      if (++at - start > 64) throw wrong('a word of more than 64 letters')
    }
    return String.fromCharCode(...bytes.subarray(start, at))
  }
  const object = (member: (key: string) => void): void => {
    const keys = new Set<string>()
    list('{', '}', () => {
      const key = string()
      if (++keyCount > mostKeys) throw wrong(`more than ${mostKeys} keys`)
      if (keys.has(key)) throw wrong(`key ${JSON.stringify(key)} for the second time`)
      keys.add(key)
      expect(':')
      member(key)
    })
  }
  const array = (element: () => void): void => list('[', ']', element)
  const skip = (): void => {
    const first = next()
    if (first === '{') object(skip)
    else if (first === '[') array(skip)
    else if (first === '"') string()
    else {
      const word = token()
      if (!/^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/.test(word))
        throw wrong(`${JSON.stringify(word || first)} instead of a value`)
    }
  }
  const count = (): number => {
    const word = token()
    const value = Number(word)
    if (!/^(?:0|[1-9]\d*)$/.test(word) || !Number.isSafeInteger(value))
      throw wrong(`${JSON.stringify(word)} instead of a whole number from 0 to 2^53 - 1`)
    return value
  }
  const end = (): void => {
    const found = next()
    if (found !== '') throw wrong(`${JSON.stringify(found)} after the end`)
  }
  return { object, array, string, count, skip, end }
}
