import { RuntimeError } from '../errors.js'
import type { Placement, RanNode } from './profile.js'
import type { Provider } from './provider.js'

/** Nodes that an error names; the rest are counted. */
const named = 6

/** What a run really ran on: the provider that was asked for where any node ran there, else whatever did. */
export function placedOn(placement: Placement, asked: Provider): Provider | 'none' {
  const ran = Object.keys(placement) as Provider[]
  return ran.includes(asked) ? asked : (ran[0] ?? 'none')
}

/** The nodes that ran on the CPU where another provider was asked for. */
export function nodesOnCpu(placement: Placement, asked: Provider): readonly RanNode[] {
  return asked === 'cpu' ? [] : (placement.cpu ?? [])
}

/**
 * What is wrong where nodes ran that were not asked to, naming them; with `allowCpuNodes` some may have, on the CPU, but
 * not all.
 */
export function misplaced(
  placement: Placement,
  asked: Provider,
  allowCpuNodes: boolean,
): RuntimeError | undefined {
  const all = Object.values(placement).flat()
  const stayed = nodesOnCpu(placement, asked)
  if (stayed.length === 0 || (allowCpuNodes && stayed.length < all.length)) return undefined
  return new RuntimeError({
    problem: `${stayed.length} of ${all.length} nodes ran on the CPU, and ${asked} was asked for: ${listed(stayed)}`,
    remedy: allowCpuNodes
      ? `Nothing was left for ${asked}: run it on the CPU (--provider cpu).`
      : `Build the network for it (--target ${asked === 'cuda' ? 'ort-cuda' : 'ort-web'}), or let them stay there (--allow-cpu-nodes).`,
  })
}

function listed(nodes: readonly RanNode[]): string {
  const told = nodes.slice(0, named).map(({ name, operator }) => `${operator} ${name}`.trim())
  const rest = nodes.length - told.length
  return told.join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}
