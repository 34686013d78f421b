import { readFileSync } from 'node:fs'
import type { Picture } from '../../src/picture/picture.js'
import { root } from './documents.js'

/** A file of test/fixtures/pictures. */
export function pictureFile(name: string): Uint8Array {
  return new Uint8Array(readFileSync(pathOf(name)))
}

export function pathOf(name: string): string {
  return `${root}test/fixtures/pictures/${name}`
}

/** What test/fixtures/pictures/make.py recorded. */
export function recorded<T>(name: string): T {
  return JSON.parse(readFileSync(pathOf(name), 'utf8')) as T
}

export function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'))
}

export function floatsOf(base64: string): Float32Array {
  return new Float32Array(bytesOf(base64).buffer)
}

/** The most by which numbers differ; of lists of unequal length, infinitely. */
export function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY
  let most = 0
  for (let i = 0; i < a.length; i++)
    most = Math.max(most, Math.abs((a[i] as number) - (b[i] as number)))
  return most
}

/** A picture whose pixels differ, the same each time. */
export function patterned(width: number, height: number, channels: 1 | 3 = 3): Picture {
  const data = Uint8Array.from(
    { length: width * height * channels },
    (_, i) => (i * 37 + (i >> 3)) % 256,
  )
  return { width, height, channels, data }
}
