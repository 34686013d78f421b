import type { Cell } from './cell.js'
import type { Reading } from './reading.js'

/** What is to be said of a table's figures that do not reproduce, each a sentence or more. */
export function departures(cells: readonly Cell[]): readonly string[] {
  const said = cells.flatMap(({ system, quantity, published, computed, nearest, why }) =>
    nearest
      ? [
          `${system}, ${quantity} ${published}: computed ${computed}; ${found(nearest)}.${why ? ` ${why}` : ''}`,
        ]
      : [],
  )
  const absent = new Set(cells.flatMap(({ system, network }) => (network ? [] : [system])))
  return absent.size === 0
    ? said
    : [...said, `Not computed, since the zoo has no such network: ${[...absent].join('; ')}.`]
}

function found({ network, convention, computed, tried, agreeing }: Reading): string {
  const reading = `${computed}, \`${network}\` by \`${convention}\``
  if (agreeing === 0) return `no reading of ${tried} gives it, and the nearest is ${reading}`
  if (agreeing === 1) return `one reading of ${tried} gives it: ${reading}`
  return `${agreeing} readings of ${tried} give it, of which the one that departs least is ${reading}`
}
