import { authors } from './authors.js'
import type { Layout } from './layout.js'
import { openmmlab } from './openmmlab.js'
import { timm } from './timm.js'

/** Every layout of an HRNet, the more particular before those whose keys they have too. */
export const layouts: readonly Layout[] = [...openmmlab, ...timm, ...authors]

/** Of any other network: names as they stand. */
const own: Layout = { name: 'own', has: [], renames: [] }

/** What every HRNet has. */
const trunk: readonly RegExp[] = [
  /^layer1\.0\.conv1\.weight$/,
  /^stage2\.0\.branches\.0\.0\.conv1\.weight$/,
  /^stage2\.0\.fuse_layers\.0\.1\.0\.weight$/,
]

/** DataParallel, torch.compile, the segmentation code's wrapper with the loss. */
const wrappers = /^(?:(?:module|_orig_mod|model)\.)+/
/** Those, and where detectors keep the trunk: in heddle's own HRNetV2p too. */
const prefixes = /^(?:(?:module|_orig_mod|model|backbone)\.)+/

/**
 * The layout of a file, from its keys and from what stands beside its containers. `own` where it is no HRNet's.
 */
export function recognise(keys: readonly string[], beside: readonly string[] = []): Layout {
  const stripped = keys.map((key) => key.replace(prefixes, ''))
  const some = (pattern: RegExp): boolean => stripped.some((key) => pattern.test(key))
  if (!trunk.every(some)) return own
  const found = layouts.find(
    ({ has, lacks = [], beside: needed = [] }) =>
      has.every(some) && !lacks.some(some) && needed.every((one) => beside.includes(one)),
  )
  return found ?? own
}

/** What a key of a layout is called in heddle, without the prefixes of wrappers, and of a detector's trunk. */
export function canonicalName(key: string, { name, renames }: Layout): string {
  const stripped = key.replace(name === 'own' ? wrappers : prefixes, '')
  const [from, to] = renames.find(([from]) => from.test(stripped)) ?? []
  return from && to !== undefined ? stripped.replace(from, to) : stripped
}

/** The first component of a key, behind the prefixes of wrappers: `stage4`, `backbone`, `loss`. */
export function keyPart(key: string): string {
  return key.replace(wrappers, '').split('.', 1)[0] as string
}

/** The name by which a parameter meets canonical ones: heddle's own HRNetV2p has `backbone.` too. */
export function canonicalParameter(name: string, layout: Layout): string {
  return layout.name === 'own' ? name : name.replace(/^backbone\./, '')
}
