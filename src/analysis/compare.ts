import type { Count, Part } from './count.js'
import type { Division } from './parts.js'

/** A part of two networks, by its name: of each its figures, nothing where it has no such part. */
export interface PartPair {
  readonly path: string
  readonly a: Part | undefined
  readonly b: Part | undefined
}

/** Two networks side by side. */
export interface CountComparison {
  readonly a: Count
  readonly b: Count
  /** Every part of either, in the order in which both run them as far as they agree. */
  readonly parts: Readonly<Record<Division, readonly PartPair[]>>
}

/**
 * Sets two counts side by side. Parts are the same where their names are, `stage3` and `stage3`, so that networks of
 * unlike structure are compared as far as they go together.
 */
export function compareCounts(a: Count, b: Count): CountComparison {
  const pairs = (by: Division): readonly PartPair[] => paired(a.parts[by], b.parts[by])
  return { a, b, parts: { stage: pairs('stage'), branch: pairs('branch'), layer: pairs('layer') } }
}

/** What b alone has stands behind what it stands behind in b. */
function paired(a: readonly Part[], b: readonly Part[]): readonly PartPair[] {
  const [ofA, ofB] = [byPath(a), byPath(b)]
  const pair = (path: string): PartPair => ({ path, a: ofA.get(path), b: ofB.get(path) })
  const behind = new Map<string | undefined, string[]>()
  let last: string | undefined
  for (const { path } of b) {
    if (ofA.has(path)) last = path
    else behind.set(last, [...(behind.get(last) ?? []), path])
  }
  const order = [undefined, ...a.map(({ path }) => path)].flatMap((path) => [
    ...(path === undefined ? [] : [path]),
    ...(behind.get(path) ?? []),
  ])
  return order.map(pair)
}

function byPath(parts: readonly Part[]): ReadonlyMap<string, Part> {
  return new Map(parts.map((part) => [part.path, part]))
}
