import type { Cell } from './cell.js'

/** What is to be said of a figure that does not reproduce: its nearest reading, and why; nothing of one that does. */
export function departure(cell: Cell): string | undefined {
  const { exact, computed, nearest, why } = cell
  if (exact) return undefined
  if (!nearest) return 'not computed: the zoo has no such network'
  const reading = `${nearest.computed} of ${nearest.network}, ${nearest.convention}`
  const found = nearest.exact
    ? `would be ${reading}`
    : `no reading of ${nearest.tried} gives it; the nearest is ${reading}`
  return `computed ${computed}; ${found}${why ? `; ${why}` : ''}`
}
