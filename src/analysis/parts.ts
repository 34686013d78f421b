import { type Graph, nodesOf } from '../compiler/graph.js'
import type { Node } from '../compiler/node.js'

/** How a network is divided into parts. */
export type Division = 'stage' | 'branch' | 'layer'

/** Which part a node belongs to. */
export type Parts = (node: Node) => string

/**
 * The parts of a network, by the scopes in which its layers were written:
 * - layer: each by itself;
 * - stage: the outermost scope, `stage3`, `last_layer`. Where there are stages, layers before the first scope are the
 *   `stem`, and a scope around them all (`backbone`) is looked into;
 * - branch: as by stage, but branches and what leads into each apart: `transition3.2`, `stage3.*.branches.0` (over
 *   all modules), `stage3.*.fuse_layers.0`.
 */
export function divisionsOf(graph: Graph): Readonly<Record<Division, Parts>> {
  const stage = remembered(stages(graph))
  const branch = remembered((path) => branchOf(path) ?? stage(path))
  return {
    stage: (node) => stage(pathOf(node)),
    branch: (node) => branch(pathOf(node)),
    layer: pathOf,
  }
}

/** A layer is asked about by each of its parameters and operations. */
function remembered(part: (path: string) => string): (path: string) => string {
  const known = new Map<string, string>()
  return (path) => {
    const found = known.get(path) ?? part(path)
    known.set(path, found)
    return found
  }
}

/** The layer that a node is or, for a parameter, that holds it. */
function pathOf(node: Node): string {
  if (node.kind !== 'parameter') return node.origin.path
  const { name } = node.attributes
  const end = name.lastIndexOf('.')
  return end < 0 ? name : name.slice(0, end)
}

function branchOf(path: string): string | undefined {
  const match = /^(.*?)(branches|fuse_layers|incre_modules|transition\d+)\.(\d+)(?:\.|$)/.exec(path)
  if (!match) return undefined
  const [, before = '', what, index] = match
  return `${before.replace(/(stage\d+)\.\d+\.$/, '$1.*.')}${what}.${index}`
}

function stages(graph: Graph): (path: string) => string {
  const layers = nodesOf(graph).filter(({ kind }) => kind !== 'input')
  const paths = [...new Set(layers.map(pathOf))]
  const roots = rootsOf(paths)
  const rootOf = (path: string): string | undefined => roots.find((root) => path.startsWith(root))
  const stems = new Set<string>()
  for (const root of roots)
    for (const path of paths.filter((one) => rootOf(one) === root)) {
      if (path.slice(root.length).includes('.')) break
      stems.add(path)
    }
  return (path) => {
    const root = rootOf(path) ?? ''
    if (stems.has(path)) return `${root}stem`
    return root + path.slice(root.length).split('.')[0]
  }
}

/** The scopes that stages stand in, as prefixes of paths, innermost first: the whole network, or `backbone.`. */
function rootsOf(paths: readonly string[]): readonly string[] {
  const roots = new Set<string>()
  for (const path of paths) {
    const match = /^((?:.*?\.)?)stage\d+\./.exec(path)
    if (match) roots.add(match[1] as string)
  }
  return [...roots].sort((a, b) => b.length - a.length)
}
