import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { convertCheckpoint } from '../src/checkpoint/convert.js'
import { openCheckpoint } from '../src/checkpoint/open.js'
import { readValues } from '../src/weights/formats/values.js'
import { document, heddle } from './support/heddle.js'

const fixtures = fileURLToPath(new URL('../../test/fixtures/checkpoints/', import.meta.url))

/** Every tensor of a file: its type, its shape and its values. */
async function contents(path: string): Promise<ReadonlyMap<string, readonly unknown[]>> {
  const checkpoint = await openCheckpoint(path)
  try {
    const all = new Map<string, readonly unknown[]>()
    for (const tensor of checkpoint.tensors)
      all.set(tensor.name, [tensor.type, tensor.shape, [...(await readValues(tensor))]])
    return all
  } finally {
    await checkpoint.close()
  }
}

for (const file of ['zip.pth', 'legacy.pth', 'big-endian.pth', 'model.safetensors.index.json'])
  t.test(`${file} as safetensors has the same tensors, strided and half ones too`, async (t) => {
    const input = join(fixtures, file)
    const output = join(t.testdir(), 'out.safetensors')
    const report = await convertCheckpoint(input, output)
    const [before, after] = [await contents(input), await contents(output)]
    t.ok(before.size > 1)
    t.equal(report.tensors, before.size)
    t.equal(report.bytes, readFileSync(output).length)
    t.same([...after].sort(), [...before].sort())
  })

t.test('floats become float32 where that is asked for, whole numbers stay', async (t) => {
  const input = join(fixtures, 'zip.pth')
  const output = join(t.testdir(), 'out.safetensors')
  await convertCheckpoint(input, output, { float32: true })
  const [before, after] = [await contents(input), await contents(output)]
  const types = new Set<unknown>()
  for (const [name, [type, shape, values]] of before) {
    types.add(type)
    const floats = /float/.test(String(type))
    t.same(after.get(name), [floats ? 'float32' : type, shape, values], name)
  }
  t.ok(types.has('float16') && types.has('bfloat16') && types.has('float64'))
  t.ok([...types].some((type) => /int/.test(String(type))))
})

t.test('the header is as long as its length says, and tensors are aligned', async (t) => {
  const output = join(t.testdir(), 'out.safetensors')
  await convertCheckpoint(join(fixtures, 'zip.pth'), output)
  const bytes = readFileSync(output)
  const length = Number(bytes.readBigUInt64LE(0))
  t.equal(length % 8, 0)
  const header: Record<string, { dtype: string; data_offsets: [number, number] }> = JSON.parse(
    bytes.toString('utf8', 8, 8 + length),
  )
  for (const [name, { dtype, data_offsets }] of Object.entries(header)) {
    const size = Number(/\d+$/.exec(dtype)?.[0] ?? 8) / 8
    t.equal(data_offsets[0] % size, 0, name)
  }
})

t.test('neither a file nor one that its index names is written over', async (t) => {
  const folder = t.testdir()
  const index = join(folder, 'model.safetensors.index.json')
  const names = readdirSync(fixtures).filter((name) => name.startsWith('model'))
  for (const name of names) cpSync(join(fixtures, name), join(folder, name))
  t.ok(names.length > 2)
  for (const name of names)
    await t.rejects(convertCheckpoint(index, join(folder, name)), {
      message: /is a file that is read/,
    })
  for (const name of names)
    t.ok(readFileSync(join(folder, name)).equals(readFileSync(join(fixtures, name))), name)
})

t.test('the command tells what it wrote', async (t) => {
  const folder = t.testdir()
  const input = join(fixtures, 'zip.pth')
  const { json, code } = document(`weights convert ${input} out.safetensors`, { cwd: folder })
  t.equal(code, 0)
  t.match(json, { path: 'out.safetensors', format: 'pytorch', container: '', tensors: Number })
  t.equal(json.bytes, readFileSync(join(folder, 'out.safetensors')).length)
})

t.test('what cannot be converted leaves nothing behind', async (t) => {
  const folder = t.testdir()
  const zip = join(fixtures, 'zip.pth')
  const evil = join(fixtures, 'refused-os-system.pth')
  const cases: readonly (readonly [line: string, message: RegExp])[] = [
    [`weights convert ${evil} out.safetensors`, /posix\.system|os\.system/],
    [`weights convert ${zip} out.pth`, /out\.pth does not end in \.safetensors/],
    [`weights convert ${zip} missing/out.safetensors`, /its folder does not exist/],
    [`weights convert nowhere.pth out.safetensors`, /there is no such file/],
    [`weights convert ${zip} out.safetensors --dtype float8`, /--dtype is float8/],
    [`weights convert ${zip} out.safetensors --container nothing`, /has no container nothing/],
    [`weights convert ${zip}`, /missing required argument 'output'/],
    ['weights cnvert a b', /unknown command 'cnvert'\n.*convert/],
  ]
  for (const [line, message] of cases) {
    const { code, stderr } = heddle(line, { cwd: folder })
    t.equal(code, 2, line)
    t.match(stderr, message)
  }
  t.same(readdirSync(folder), [])
})
