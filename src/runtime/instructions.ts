import { readFileSync } from 'node:fs'

/** Sets of instructions, the widest first, and the flags by which Linux tells each. */
const sets = [
  ['avx512-amx', ['avx512f', 'avx512_vnni', 'amx_int8']],
  ['avx512-vnni', ['avx512f', 'avx512_vnni']],
  ['avx512', ['avx512f']],
  ['avx2', ['avx2', 'fma']],
  ['neon', ['asimd']],
] as const

/**
 * The widest instructions for numbers of this machine's processor, as `avx512-amx`; nothing where the system does not
 * tell (only Linux does).
 */
export function instructionsHere(): string | undefined {
  let text: string
  try {
    text = readFileSync('/proc/cpuinfo', 'utf8')
  } catch {
    return undefined
  }
  const flags = new Set(/^(?:flags|Features)\s*:(.*)$/m.exec(text)?.[1]?.trim().split(/\s+/))
  return sets.find(([, wanted]) => wanted.every((flag) => flags.has(flag)))?.[0]
}
