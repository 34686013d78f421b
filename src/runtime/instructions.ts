import { readFileSync } from 'node:fs'
import { type InstructionSet, instructionSets } from '../instructions.js'

/** The flags by which Linux tells each. */
const flagsOf: Readonly<Record<InstructionSet, readonly string[]>> = {
  'avx512-amx': ['avx512f', 'avx512_vnni', 'amx_int8'],
  'avx512-vnni': ['avx512f', 'avx512_vnni'],
  avx512: ['avx512f'],
  avx2: ['avx2', 'fma'],
  neon: ['asimd'],
}

/**
 * The widest instructions for numbers of this machine's processor, as `avx512-amx`; nothing where the system does not
 * tell (only Linux does).
 */
export function instructionsHere(): InstructionSet | undefined {
  let text: string
  try {
    text = readFileSync('/proc/cpuinfo', 'utf8')
  } catch {
    return undefined
  }
  const flags = new Set(/^(?:flags|Features)\s*:(.*)$/m.exec(text)?.[1]?.trim().split(/\s+/))
  return instructionSets.find((name) => flagsOf[name].every((flag) => flags.has(flag)))
}
