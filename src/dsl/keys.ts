import { equalDimensions, printShape } from '../compiler/dimension.js'
import { describe } from './expect.js'
import type { Feature, Tokens } from './feature.js'
import { fail } from './scope.js'

/**
 * What an attention needs of its keys: the width of the queries, and as many places as the values.
 * @throws {NetworkError} `key-width` or `key-places` where they have another.
 */
export function expectKeys(
  query: Feature | Tokens,
  key: Feature | Tokens,
  values: Feature | Tokens,
  what: string,
): void {
  if (key.channels !== query.channels)
    fail(
      'key-width',
      `${what} of ${describe(query)} to ${describe(key)}`,
      'Queries and keys have one width: bring one to it by a layer.',
    )
  const [places, others] = [placesOf(key), placesOf(values)]
  if (!places.every((side, axis) => equalDimensions(side, others[axis] ?? 1)))
    fail(
      'key-places',
      `${what} to keys of ${printShape(key.value.type.shape)} and values of ${printShape(values.value.type.shape)}`,
      'Each place has a key and a value: make both of one feature, or of features of one size.',
    )
}

/** All sides but the channels. */
function placesOf({ kind, value: { type } }: Feature | Tokens) {
  const channels = kind === 'feature' ? 1 : 2
  return type.shape.filter((_, axis) => axis !== channels)
}
