import { writeFileSync } from 'node:fs'

export interface ElfOptions {
  readonly needed?: readonly string[]
  readonly name?: string
  /** ELF's number of the machine (62, x64). */
  readonly machine?: number
  /** Text behind all that the headers lead to. */
  readonly text?: string
}

/** Writes such a library. */
export function writeElf(path: string, options?: ElfOptions): void {
  writeFileSync(path, elf(options))
}

/** A shared library of headers alone, some hundred bytes: it says what it needs, and cannot be loaded. */
export function elf(options: ElfOptions = {}): Uint8Array {
  const { needed = [], name, machine = 62, text = '' } = options
  const words = [...needed, ...(name === undefined ? [] : [name])]
  const starts = words.map((_, i) => 1 + words.slice(0, i).join('').length + i)
  const strings = Buffer.from(`\0${words.join('\0')}\0`)
  // Loaded one page further than it lies, as real ones are.
  const page = 4096
  const [headers, entries] = [64 + 2 * 56, words.length + 2]
  const at = headers + 16 * entries
  const file = Buffer.alloc(at)
  file.write('\x7fELF\x02\x01\x01', 'latin1')
  file.writeUInt16LE(3, 16)
  file.writeUInt16LE(machine, 18)
  file.writeBigUInt64LE(64n, 32)
  file.writeUInt16LE(56, 54)
  file.writeUInt16LE(2, 56)
  const segment = (i: number, type: number, offset: number, length: number): void => {
    const start = 64 + 56 * i
    file.writeUInt32LE(type, start)
    file.writeBigUInt64LE(BigInt(offset), start + 8)
    file.writeBigUInt64LE(BigInt(offset + page), start + 16)
    file.writeBigUInt64LE(BigInt(length), start + 32)
  }
  segment(0, 1, 0, at + strings.length)
  segment(1, 2, headers, 16 * entries)
  const tags = starts.map((start, i) => [i < needed.length ? 1 : 14, start] as const)
  for (const [i, [tag, value]] of [...tags, [5, at + page] as const].entries()) {
    file.writeBigInt64LE(BigInt(tag), headers + 16 * i)
    file.writeBigUInt64LE(BigInt(value), headers + 16 * i + 8)
  }
  return Buffer.concat([file, strings, Buffer.from(text)])
}
