import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A node by its name, which is a rewritten one where ONNX Runtime rewrote it, and its operator. */
export interface RanNode {
  readonly name: string
  readonly operator: string
}

/** Where the nodes of a run ran, by ONNX Runtime's own profile: nodes by provider, in alphabetical order of those. */
export type Placement = Readonly<Record<string, readonly RanNode[]>>

/** Reads the one profile in a folder. Read as text, line by line: names are not escaped. */
export async function placementIn(folder: string): Promise<Placement> {
  const found = new Map<string, Map<string, RanNode>>()
  for (const file of await readdir(folder)) {
    const text = await readFile(join(folder, file), 'latin1')
    for (const line of text.split('\n')) {
      const provider = /"provider" ?: ?"(\w+?)(?:ExecutionProvider)?"/.exec(line)?.[1]
      if (provider === undefined) continue
      const name = /"name" ?: ?"(.*?)_kernel_time"/.exec(line)?.[1] ?? ''
      const operator = /"op_name" ?: ?"(\w+)"/.exec(line)?.[1] ?? ''
      const index = /"node_index" ?: ?"(\d+)"/.exec(line)?.[1] ?? name
      const nodes = found.get(provider.toLowerCase()) ?? new Map<string, RanNode>()
      nodes.set(index, { name, operator })
      found.set(provider.toLowerCase(), nodes)
    }
  }
  const sorted = [...found].sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(sorted.map(([provider, nodes]) => [provider, [...nodes.values()]]))
}
