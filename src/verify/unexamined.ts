import type { Compilation, Step } from '../compile.js'
import { difference } from '../compiler/difference.js'
import type { Firing } from '../compiler/rewrite.js'
import type { Unproved } from './unproved.js'

/**
 * Where passes fired in what is built and not in what was examined at another size, or made something else there: a
 * pass that weighs costs may. Of that nothing is proved.
 */
export function unexamined(examined: Compilation, built: Compilation): readonly Unproved[] {
  if (built === examined) return []
  return built.steps.flatMap((step, i) => {
    const known = spelt(examined.steps[i])
    const others = [...spelt(step)].flatMap(([spelling, firings]) =>
      firings.slice(known.get(spelling)?.length ?? 0),
    )
    return others.slice(0, 1).map(({ before }) => ({
      at: before.origin.path,
      why: `${step.report.name} fired there in what is built, and at the small size that was examined it did not, or made something else: so at ${others.length} of its ${step.firings.length} places`,
      remedy: 'Leave the pass out (--passes), or verify a size that is small enough (--input).',
    }))
  })
}

/** Firings by where they are and of what kinds the nodes are that came; sizes aside. */
function spelt(step: Step | undefined): ReadonlyMap<string, readonly Firing[]> {
  const all = new Map<string, Firing[]>()
  for (const firing of step?.firings ?? []) {
    const { before, after } = firing
    const came = difference([before], [after]).after.map(({ kind }) => kind)
    const spelling = [before.origin.path, before.kind, ...came.sort()].join(' ')
    all.set(spelling, [...(all.get(spelling) ?? []), firing])
  }
  return all
}
