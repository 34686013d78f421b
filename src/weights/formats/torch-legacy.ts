import { type ByteSource, pieces, u64, viewOf } from './bytes.js'
import { damaged } from './damaged.js'
import { isWhole } from './pickle-opcodes.js'
import type { Storage } from './pickled.js'
import { printName } from './place.js'
import { isList } from './rebuild.js'
import type { TensorFile } from './tensor-file.js'
import { longestPickle, type Region, tensorsOf } from './torch-file.js'
import { type Unpickled, unpickle } from './unpickle.js'

/** The pickle of 0x1950a86a20f9469cfc6c, which begins a file, behind its protocol (and frame, from 4). */
const magic = [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e]

/** Whether a file begins as `torch.save` of before PyTorch 1.6 writes it. */
export function isTorchLegacy(start: Uint8Array): boolean {
  return start[0] === 0x80 && [2, 11].some((at) => magic.every((byte, i) => start[at + i] === byte))
}

/**
 * What `torch.save` wrote before PyTorch 1.6: pickles of a magic number, a version, the system, the object and the
 * keys of its storages; then these in that order, each behind its number of elements. Numbers are little-endian
 * whatever the system was: PyTorch turned them.
 */
export async function readTorchLegacy(source: ByteSource): Promise<TensorFile> {
  const first = await readPickle(source, 0)
  const version = await readPickle(source, first.end)
  if (version.value !== 1001)
    throw damaged(source, `its version is ${version.value}; PyTorch wrote 1001`)
  const system = await readPickle(source, version.end)
  const object = await readPickle(source, system.end)
  const keys = await readPickle(source, object.end)
  const regions = await readStorages(source, { at: keys.end, keys, storages: object.storages })
  return tensorsOf({
    source,
    format: 'pytorch-legacy',
    top: object.value,
    littleEndian: true,
    region: ({ key }) =>
      regions.get(key) ?? `lies in storage ${printName(key)}, which is not in the file`,
  })
}

/** The pickle that begins at a place; its end is one of the file. */
async function readPickle(source: ByteSource, at: number): Promise<Unpickled> {
  for (let length = 2 ** 16; ; length *= 4) {
    const most = Math.min(length, source.size - at, longestPickle)
    const bytes = await source.read(at, most)
    if (most === length && length < longestPickle && !isWhole(bytes)) continue
    const { end, ...unpickled } = unpickle({ source, bytes, at })
    return { ...unpickled, end: at + end }
  }
}

/** The storages behind the pickles, in the order of their keys; they fill the file. */
async function readStorages(
  source: ByteSource,
  {
    at: start,
    keys,
    storages,
  }: {
    readonly at: number
    readonly keys: Unpickled
    readonly storages: readonly Storage[]
  },
): Promise<ReadonlyMap<string, Region>> {
  const claims = new Map<string, Storage>()
  for (const storage of storages) {
    const { key, size, element } = storage
    const before = claims.get(key) ?? storage
    if (before.size !== size || before.element !== element)
      throw damaged(
        source,
        `storage ${printName(key)} has ${before.size} elements of ${before.element.name} and ${size} of ${element.name}`,
      )
    claims.set(key, storage)
  }
  if (!isList(keys.value)) throw damaged(source, 'the keys of its storages are no list')
  const read = pieces(source, 4096)
  const regions = new Map<string, Region>()
  let at = start
  for (const key of keys.value) {
    const claim = typeof key === 'string' ? claims.get(key) : undefined
    if (!claim || regions.has(claim.key))
      throw damaged(
        source,
        `storage ${claim ? `${printName(claim.key)} is there twice` : 'without a tensor'}`,
      )
    const bytes = await read(at, 8)
    const count = bytes && u64(viewOf(bytes), 0)
    const size = claim.size * claim.element.bytes
    if (count === undefined || at + 8 + size > source.size)
      throw damaged(
        source,
        `storage ${printName(claim.key)} ends at byte ${at + 8 + size}; the file has ${source.size}`,
      )
    if (count !== claim.size)
      throw damaged(
        source,
        `storage ${printName(claim.key)} has ${count} elements at byte ${at}, and ${claim.size} by its pickle`,
      )
    regions.set(claim.key, { offset: at + 8, size })
    at += 8 + size
  }
  if (at !== source.size)
    throw damaged(source, `its storages end at byte ${at}; the file has ${source.size}`)
  return regions
}
