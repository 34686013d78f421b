import { add } from './combine.js'
import type { Branches, NonEmpty } from './feature.js'
import { expectBranches, type Fusion, fuse } from './fusion.js'
import { type Path, same } from './path.js'
import { sharedLayer } from './scope.js'

/**
 * A fusion as code computes it that adds to the finest branch in place (Lite-HRNet's): that branch counts twice in its own
 * sum, and the others are fed by this sum, before its ReLU, in place of the branch; twice, too. What leads from it is
 * written twice, as such code calls its layers twice: so it is counted, and a pass computes it once.
 * @throws {NetworkError} as `fuse` does.
 */
export function fuseInPlace<const B extends Branches>(
  branches: B & NonEmpty<B>,
  fusion: Fusion,
): B {
  const all: Branches = branches
  expectBranches(all)
  const fed = fusion(all.length).map((connection) =>
    connection.from === 0 ? { ...connection, path: twice(connection.path) } : connection,
  )
  const [toFinest, toOthers] = [fed.filter(({ to }) => to === 0), fed.filter(({ to }) => to > 0)]
  const [sum] = fuse(all, toFinest, { outputs: 'finest', activation: (x) => x })
  const kept = { from: 0, to: 0, path: same }
  return fuse([sum, ...all.slice(1)], [kept, ...toOthers]) as Branches as B
}

function twice(path: Path): Path {
  return (x, target) => {
    const once = (): ReturnType<Path> => sharedLayer(() => path(x, target))
    return add(once(), once())
  }
}
