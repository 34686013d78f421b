/** Sets of instructions for numbers that processors have, the widest first: what costs are measured for. */
export const instructionSets = ['avx512-amx', 'avx512-vnni', 'avx512', 'avx2', 'neon'] as const

export type InstructionSet = (typeof instructionSets)[number]
