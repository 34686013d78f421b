import { readFileSync } from 'node:fs'
import t from 'tap'
import { bytesOf, type Entry, pickled, torchZip, zipOf } from './support/archives.js'
import { checkpoint } from './support/checkpoints.js'
import { readAll, refused } from './support/refused.js'

const pickle: Entry = { name: 'net/data.pkl', data: pickled.dictionary('a', pickled.tensor()) }
const storage: Entry = { name: 'net/data/0', data: new Uint8Array(16) }

/** An archive with something added to its storage, or beside it. */
function archive(change: Partial<Entry>, ...more: readonly Entry[]): Uint8Array {
  return zipOf([pickle, { ...storage, ...change }, ...more])
}

t.test('an archive of the same parts that does not lie is read', async (t) => {
  t.equal(await readAll(archive({})), 4)
  t.equal(
    await readAll(archive({ own: { packed: 0, size: 0, flags: 8 }, listed: { flags: 8 } })),
    4,
  )
})

t.test(
  'entries that are compressed, encrypted, on another disk, twice there are refused',
  async (t) => {
    const deflated = { method: 8, packed: 16 }
    await refused(
      t,
      archive({ listed: deflated, own: deflated }),
      'entry "net/data/0" is compressed (method 8',
    )
    // A bomb is a compressed entry, whatever it claims.
    const bomb = { method: 8, size: 2 ** 32 - 2 }
    await refused(t, archive({ listed: bomb, own: bomb }), '16 bytes of 4294967294')
    await refused(t, archive({ listed: { flags: 1 }, own: { flags: 1 } }), 'is encrypted')
    await refused(t, archive({ listed: { flags: 0x2000 } }), 'is encrypted')
    await refused(t, archive({ listed: { disk: 1 } }), 'lies on another disk')
    await refused(t, archive({}, storage), 'entry "net/data/0" is there twice')
  },
)

t.test('names that lead out of the archive are refused', async (t) => {
  for (const name of ['../a', 'net/../../a', '/etc/passwd', 'net\\data\\1', 'C:a', '..'])
    await refused(t, archive({}, { name, data: new Uint8Array(1) }), 'leads out of the archive')
})

t.test('what the directory and an entry’s own header say is the same', async (t) => {
  const own = (fields: Entry['own']): Uint8Array => archive({ own: fields ?? {} })
  await refused(t, own({ name: 'net/data/1' }), 'something else in its own header')
  await refused(t, own({ size: 8 }), 'has 16 bytes by the directory, and 8 by its own header')
  await refused(t, own({ size: 0 }), 'and 0 by its own header')
  await refused(t, own({ method: 8 }), 'not by its own header')
  await refused(t, own({ flags: 1 }), 'not by its own header')
  await refused(t, archive({ listed: { packed: 8 } }), 'with 8 bytes of 16')
  await refused(t, archive({ listed: { header: 3 } }), 'and what follows it begins at 3')
  await refused(t, archive({ listed: { header: 2 ** 32 - 2 } }), 'has no header at byte')
  await refused(t, archive({ listed: { header: 2 ** 32 - 1 } }), 'lacks a size or place of 64 bits')
})

t.test('entries that lie in each other, or in the directory, are refused', async (t) => {
  const inner = archive({}).indexOf(0x50, 40)
  await refused(
    t,
    archive({ name: 'net/x' }, { ...storage, listed: { header: inner } }),
    /has \d+ bytes|something else|ends at byte/,
  )
  const longer = { size: 40, packed: 40 }
  await refused(
    t,
    archive({ listed: longer, own: longer }),
    /ends at byte \d+, and what follows it begins at/,
  )
  const over = zipOf([
    { ...pickle, listed: { size: 200, packed: 200 }, own: { size: 200, packed: 200 } },
    storage,
  ])
  await refused(t, over, /entry "net\/data.pkl" ends at byte \d+, and what follows/)
})

t.test('an end record that lies is refused', async (t) => {
  const entries = [pickle, storage]
  await refused(t, zipOf(entries, { disk: 1 }), 'of a ZIP archive of several')
  await refused(t, zipOf(entries, { count: 3 }), 'has 2 entries, and 3 are said')
  await refused(t, zipOf(entries, { size: 1 }), 'the ZIP directory is said to end at byte')
  await refused(t, zipOf(entries, { offset: 2 ** 32 - 2 }), 'is said to end at byte 42949')
  await refused(t, zipOf(entries, { offset: 0 }), 'is said to end at byte')
  const whole = archive({})
  await refused(t, whole.subarray(0, whole.length - 1), 'without its directory: cut off at byte')
  await refused(t, bytesOf(whole, 'behind'), 'without its directory')
})

t.test('a zip64 record that lies is refused', async (t) => {
  const good = new Uint8Array(readFileSync(checkpoint('zip64.pth')))
  const record = good.length - 22 - 20 - 56
  for (const [at, said] of [
    [record, 'there is no zip64 record at byte'],
    [record + 4, 'there is no zip64 record'],
    [record + 16, 'one disk of a ZIP archive of several'],
    [record + 24 + 8, 'are said to be there'],
    [record + 40, 'is said to end at byte'],
    [record + 48, 'is said to end at byte'],
    [record + 56 + 8 + 7, 'the zip64 record is said to be at byte'],
  ] as const) {
    const bytes = good.slice()
    bytes[at] = (bytes[at] as number) ^ 0x40
    await refused(t, bytes, said)
  }
})

t.test('archives of other programs are told from those of torch.save', async (t) => {
  const data = new Uint8Array(1)
  await refused(t, zipOf([{ name: 'word/document.xml', data }]), 'a ZIP archive with 0 data.pkl')
  await refused(t, zipOf([pickle, storage, { ...pickle, name: 'b/data.pkl' }]), 'with 2 data.pkl')
  await refused(t, archive({}, { name: 'net/constants.pkl', data }), 'a TorchScript archive')
  await refused(t, archive({}, { name: 'net/code/a.py', data }), 'a TorchScript archive')
  await refused(
    t,
    archive({}, { name: 'net/byteorder', data: bytesOf('middle') }),
    '"middle"; little or big',
  )
})

t.test('a file that is cut off is refused wherever that is', async (t) => {
  for (const whole of [
    torchZip(pickle.data),
    new Uint8Array(readFileSync(checkpoint('legacy-protocol-4.pth'))),
  ])
    for (let length = 0; length < whole.length; length += 7)
      await refused(t, whole.subarray(0, length), /cut off|empty|no file of tensors|ends at byte/)
})
