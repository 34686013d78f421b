import type { ByteSource } from './bytes.js'
import { damaged } from './damaged.js'
import { jsonScanner } from './json-scanner.js'
import { printName } from './place.js'
import { readSafetensors } from './safetensors.js'
import type { StoredTensor } from './tensor-file.js'

/** Opens a file that lies beside another, by its name. */
export type OpenSibling = (name: string) => Promise<ByteSource>

const longestIndex = 2 ** 25
const mostShards = 1000

/** The index of a safetensors file in several files: which tensor lies in which. */
export async function readSharded(
  source: ByteSource,
  sibling: OpenSibling | undefined,
): Promise<readonly StoredTensor[]> {
  if (source.size > longestIndex)
    throw damaged(source, `an index of ${source.size} bytes; ${longestIndex} is the most`)
  const shardOf = readIndex(source, await source.read(0, source.size))
  const names = new Set(shardOf.values())
  if (names.size > mostShards)
    throw damaged(source, `an index of ${names.size} files; ${mostShards} is the most`)
  for (const name of names)
    if (!/^(?!\.{1,2}$)[^/\\:]{1,255}$/.test(name))
      throw damaged(
        source,
        `the index leads to ${printName(name)}, which is no name of a file beside it`,
      )
  if (!sibling)
    throw damaged(source, 'an index of several files, which are not at hand', 'Give them too.')
  const all = new Map<string, StoredTensor>()
  for (const name of names) {
    const shard = await sibling(name)
    for (const tensor of await readSafetensors(shard)) {
      if (shardOf.get(tensor.name) !== name)
        throw damaged(
          shard,
          `tensor ${printName(tensor.name)}, which ${source.name} does not have here`,
        )
      all.set(tensor.name, tensor)
    }
  }
  return [...shardOf].map(([key, shard]) => {
    const tensor = all.get(key)
    if (!tensor)
      throw damaged(source, `tensor ${printName(key)} is not in ${shard}, as the index says`)
    return tensor
  })
}

function readIndex(source: ByteSource, bytes: Uint8Array): ReadonlyMap<string, string> {
  const json = jsonScanner(source, bytes, 'the index')
  const shardOf = new Map<string, string>()
  let found = false
  json.object((key) => {
    if (key !== 'weight_map') return json.skip()
    found = true
    json.object((name) => {
      shardOf.set(name, json.string())
    })
  })
  json.end()
  if (!found)
    throw damaged(
      source,
      'a JSON file without `weight_map`, so no index of safetensors',
      'Give a checkpoint: .safetensors, its .index.json, .pth or .pt.',
    )
  return shardOf
}
