import type { Cell } from './cell.js'

/** What is to be said of a figure that does not reproduce: its nearest reading, and why; nothing of one that does. */
export function departure(cell: Cell): string | undefined {
  const { exact, computed, nearest, why } = cell
  if (exact) return undefined
  if (!nearest) return 'not computed: the zoo has no such network.'
  const { tried, agreeing } = nearest
  const reading = `${nearest.computed}, \`${nearest.network}\` by \`${nearest.convention}\``
  const found =
    agreeing === 0
      ? `no reading of ${tried} gives it, and the nearest is ${reading}`
      : agreeing === 1
        ? `one reading of ${tried} gives it: ${reading}`
        : `${agreeing} readings of ${tried} give it, of which the one that departs least is ${reading}`
  return `computed ${computed}; ${found}.${why ? ` ${why}` : ''}`
}
