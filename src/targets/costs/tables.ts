import type { CostTable } from './table.js'

/** What was measured, for each set of instructions. */
export const tables: Readonly<Record<string, CostTable>> = {}
