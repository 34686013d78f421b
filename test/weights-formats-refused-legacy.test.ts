import { readFileSync } from 'node:fs'
import t from 'tap'
import { bytesOf, little, pickled } from './support/archives.js'
import { checkpoint } from './support/checkpoints.js'
import { readAll, refused } from './support/refused.js'

const magic = bytesOf(
  0x80,
  2,
  0x8a,
  10,
  0x6c,
  0xfc,
  0x9c,
  0x46,
  0xf9,
  0x20,
  0x6a,
  0xa8,
  0x50,
  0x19,
  '.',
)
const system = bytesOf(0x80, 2, '}.')

interface Parts {
  readonly version?: number
  readonly object?: Uint8Array
  readonly keys?: readonly string[]
  readonly storages?: Uint8Array
}

function legacy({
  version = 1001,
  object = pickled.dictionary('a', pickled.tensor()),
  keys = ['0'],
  storages = bytesOf(little(4, 8), new Uint8Array(16)),
}: Parts): Uint8Array {
  const list = bytesOf(0x80, 2, '](', ...keys.map(pickled.text), 'e.')
  return bytesOf(
    magic,
    bytesOf(0x80, 2, pickled.integer(version), '.'),
    system,
    object,
    list,
    storages,
  )
}

t.test('the storages are as many and as long as the pickle says, and fill the file', async (t) => {
  t.equal(await readAll(legacy({})), 4)
  const data = new Uint8Array(16)
  await refused(t, legacy({ version: 1000 }), 'its version is 1000')
  await refused(t, legacy({ keys: [] }), 'the file has')
  await refused(t, legacy({ keys: ['1'] }), 'without a tensor')
  await refused(t, legacy({ keys: ['0', '0'] }), 'storage "0" is there twice')
  await refused(t, legacy({ storages: bytesOf(little(3, 8), data) }), 'has 3 elements at byte')
  await refused(t, legacy({ storages: bytesOf(little(2 ** 60, 8), data) }), 'and 4 by its pickle')
  await refused(t, legacy({ storages: bytesOf(little(4, 8), data, 0) }), 'its storages end at byte')
  await refused(
    t,
    legacy({ storages: bytesOf(little(4, 8)) }),
    /storage "0" ends at byte \d+; the file has/,
  )
  const huge = pickled.dictionary('a', pickled.tensor({ size: 2 ** 50, shape: [2 ** 50] }))
  await refused(t, legacy({ object: huge }), 'ends at byte 45035')
  const two = pickled.dictionary(
    'a',
    pickled.tensor(),
    's',
    pickled.text('b'),
    pickled.tensor({ size: 5 }),
  )
  await refused(t, legacy({ object: two }), 'has 4 elements of float32 and 5 of float32')
})

t.test('names that are not allowed are refused in each of the pickles', async (t) => {
  const evil = bytesOf(0x80, 2, 'cposix\nsystem\n.')
  const whole = new Uint8Array(readFileSync(checkpoint('legacy-protocol-4.pth')))
  t.ok((await readAll(whole)) > 0)
  await refused(t, bytesOf(magic, evil), '"posix.system"')
  await refused(t, bytesOf(magic, 0x80, 2, pickled.integer(1001), '.', evil), '"posix.system"')
  await refused(t, legacy({ object: evil }), '"posix.system"')
})

t.test('a view that leaves its storage is refused', async (t) => {
  const view = (first: number, size: number): Uint8Array =>
    pickled.dictionary(
      'a',
      'ctorch._utils\n_rebuild_tensor\n((',
      ...[
        pickled.text('storage'),
        'ctorch\nFloatStorage\n',
        pickled.text('0'),
        pickled.text('cpu'),
      ],
      ...[
        pickled.integer(4),
        '(',
        pickled.text('1'),
        pickled.integer(first),
        pickled.integer(size),
      ],
      ...['ttQ', pickled.integer(0), pickled.tuple([2]), pickled.tuple([1]), 'tR'],
    )
  t.equal(await readAll(legacy({ object: view(2, 2) })), 2)
  await refused(t, legacy({ object: view(3, 2) }), 'reaches to 5 of its 4 elements')
  await refused(t, legacy({ object: view(3, 1) }), 'reaches to element 2 of 1')
  await refused(t, legacy({ object: view(-1, 2) }), '-1 stands for a number of elements')
})
