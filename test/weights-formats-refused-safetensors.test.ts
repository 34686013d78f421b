import t from 'tap'
import { inMemory } from '../src/weights/formats/bytes.js'
import { readTensorFile } from '../src/weights/formats/read-tensor-file.js'
import { bytesOf, little, safetensorsOf } from './support/archives.js'
import { readAll, refused } from './support/refused.js'

const tensor = (begin: number, end: number, more: object = {}): object => ({
  dtype: 'F32',
  shape: [(end - begin) / 4],
  data_offsets: [begin, end],
  ...more,
})

t.test('a header may be padded and have metadata, in any order', async (t) => {
  const header = JSON.stringify({
    b: tensor(8, 16),
    __metadata__: { format: 'pt' },
    a: tensor(0, 8),
  })
  t.equal(await readAll(safetensorsOf(`${header}   `, 16)), 4)
  t.equal(await readAll(safetensorsOf({}, 0)), 0)
})

t.test('a header that is longer than the file, or than may be, is refused', async (t) => {
  const header = { a: tensor(0, 8) }
  await refused(t, safetensorsOf(header, 8, 2 ** 40), 'is said to have 1099511627776 bytes; ')
  await refused(t, safetensorsOf(header, 8, 2 ** 63), 'is said to have 9223372036854776000 bytes')
  await refused(t, safetensorsOf(header, 100_000_001, 100_000_001), '100000000 is the most')
  await refused(t, safetensorsOf(header, 8, 20), 'instead of')
})

t.test('tensors that overlap, leave holes or leave the file are refused', async (t) => {
  await refused(
    t,
    safetensorsOf({ a: tensor(0, 8), b: tensor(4, 12) }, 12),
    '"b" begins at byte 4 of the data; the one before it ends at 8',
  )
  await refused(
    t,
    safetensorsOf({ a: tensor(0, 8), b: tensor(12, 16) }, 16),
    '"b" begins at byte 12',
  )
  await refused(t, safetensorsOf({ a: tensor(4, 8) }, 8), '"a" begins at byte 4')
  await refused(
    t,
    safetensorsOf({ a: tensor(0, 8) }, 12),
    'end at byte 8 of the data, which has 12',
  )
  await refused(t, safetensorsOf({ a: tensor(0, 8) }, 4), 'end at byte 8 of the data, which has 4')
  await refused(
    t,
    safetensorsOf({ a: tensor(0, 8, { data_offsets: [8, 0] }) }, 8),
    'a beginning and an end',
  )
  await refused(
    t,
    safetensorsOf({ a: tensor(0, 8, { data_offsets: [0, 8, 8] }) }, 8),
    'a beginning and an end',
  )
})

t.test('shapes that overflow, or are not what the offsets say, are refused', async (t) => {
  const shape = (...sides: readonly number[]): Uint8Array =>
    safetensorsOf({ a: tensor(0, 8, { shape: sides }) }, 8)
  await refused(t, shape(3), 'has 12 bytes by its shape [3] and type F32, and 8 by its offsets')
  await refused(t, shape(2 ** 31, 2 ** 31, 2), 'by its shape [2147483648, 2147483648, 2]')
  await refused(t, shape(2 ** 53), 'instead of a whole number')
  await refused(t, shape(-2), 'instead of a whole number')
  await refused(t, shape(0.5), 'instead of a whole number')
  await refused(t, shape(...Array(70).fill(1), 2), 'has over 64 axes')
})

t.test('types that heddle does not read are refused by name', async (t) => {
  for (const dtype of ['F8_E4M3', 'U64', 'C64', 'constructor'])
    await refused(
      t,
      safetensorsOf({ a: tensor(0, 8, { dtype }) }, 8),
      `is of type "${dtype}"; heddle reads F64, F32`,
    )
})

t.test('JSON that says a thing twice, or is none, is refused at its byte', async (t) => {
  const one = JSON.stringify(tensor(0, 8))
  const cases: Readonly<Record<string, string>> = {
    'key "a" for the second time': `{"a":${one},"a":${one}}`,
    'key "dtype" for the second time': '{"a":{"dtype":"F32","dtype":"F16"}}',
    'lacks one of': '{"a":{"dtype":"F32","shape":[2]}}',
    'a field "strides"': '{"a":{"strides":[2]}}',
    'instead of }': '{"a":{"dtype":"F32"',
    'a string without an end': '{"a',
    'after the end': `{"a":${one}}{}`,
    'the end instead of :': '{"a"',
    '"[" instead of {': '{"a":[]}',
    'instead of "': '{"__metadata__":{"a":1}}',
    'a string that is not UTF-8, or not JSON': '{"\\x":1}',
  }
  for (const [said, header] of Object.entries(cases))
    await refused(t, safetensorsOf(header, 8), said)
  await refused(t, bytesOf(little(6, 8), '{"', 0xff, '":1'), 'not UTF-8')
})

t.test('a deep or a wide index is refused before anything is made of it', async (t) => {
  const deep = `{"metadata":${'['.repeat(200)}`
  await refused(t, bytesOf(deep), 'more than 100 levels')
  await refused(t, bytesOf('{"a":1}'), 'without `weight_map`')
  await refused(t, bytesOf('{"weight_map":{"a":"b.safetensors"}}'), 'which are not at hand')
})

t.test('an index leads only to files beside it, which have what it says', async (t) => {
  const shard = safetensorsOf({ a: tensor(0, 8) }, 8)
  const opened: string[] = []
  const read = async (map: Readonly<Record<string, string>>): Promise<number> => {
    const source = inMemory('net.json', bytesOf(JSON.stringify({ metadata: {}, weight_map: map })))
    const sibling = async (name: string) => {
      opened.push(name)
      return inMemory(name, shard)
    }
    return (await readTensorFile(source, { sibling })).containers[0]?.tensors.length ?? 0
  }
  t.equal(await read({ a: 'one.safetensors' }), 1)
  t.same(opened, ['one.safetensors'])
  opened.length = 0
  for (const name of [
    '../one',
    'a/b',
    '/etc/passwd',
    '..',
    '.',
    '',
    'a\\b',
    'C:a',
    'x'.repeat(300),
  ])
    await t.rejects(read({ a: name }), { message: /no name of a file beside it/ })
  t.same(opened, [], 'nothing was opened')
  await t.rejects(read({ a: 'one', b: 'one' }), { message: /"b" is not in one/ })
  await t.rejects(read({ b: 'one' }), { message: /"a", which net.json does not have here/ })
  await t.rejects(read({ a: 'one', c: 'two' }), { message: /two: tensor "a", which/ })
  const many = Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`k${i}`, `f${i}`]))
  await t.rejects(read(many), { message: /an index of 1001 files; 1000 is the most/ })
})
