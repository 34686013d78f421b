import { avx512Amx } from './avx512-amx.js'
import type { CostTable } from './table.js'

/** What was measured, for each set of instructions. */
export const tables: Readonly<Record<string, CostTable>> = {
  'avx512-amx': avx512Amx,
}
