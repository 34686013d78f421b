import { readFileSync } from 'node:fs'
import t from 'tap'
import { openFile } from '../src/files/open.js'
import { inMemory } from '../src/weights/formats/bytes.js'
import { readTensorFile } from '../src/weights/formats/read-tensor-file.js'
import { readValues } from '../src/weights/formats/values.js'
import { checkpoint, expected } from './support/checkpoints.js'

for (const [file, { format, containers, others }] of Object.entries(expected.files))
  t.test(`${file} gives what PyTorch gives`, async (t) => {
    const source = await openFile(checkpoint(file))
    const read = await readTensorFile(source, { sibling: source.sibling })
    t.equal(read.format, format)
    t.same(read.others, others)
    const names = read.containers.map(({ name }) => name)
    t.same(names.toSorted(), Object.keys(containers).sort())
    for (const { name, tensors } of read.containers) {
      const wanted = containers[name] ?? []
      t.same(
        tensors.map(({ name, type, shape }) => ({ name, type, shape })),
        wanted.map(({ name, type, shape }) => ({ name, type, shape })),
      )
      for (const [i, tensor] of tensors.entries())
        t.same(
          [...(await readValues(tensor))].map(String),
          wanted[i]?.values.map((value) => String(Number(value.replace('inf', 'Infinity')))),
          `${name} ${tensor.name}`,
        )
    }
    await source.close()
  })

t.test('the form of a file is told by its bytes, whatever it is called', async (t) => {
  for (const [file, format] of [
    ['zip.pth', 'pytorch'],
    ['legacy.pth', 'pytorch-legacy'],
    ['plain.safetensors', 'safetensors'],
  ] as const) {
    const source = inMemory('weights.jpg', readFileSync(checkpoint(file)))
    t.equal((await readTensorFile(source)).format, format)
  }
})

t.test('only the table of contents is read until a value is asked for', async (t) => {
  const bytes = readFileSync(checkpoint('zip.pth'))
  const source = inMemory('zip.pth', bytes)
  const read: [from: number, to: number][] = []
  const watched = {
    ...source,
    read: (offset: number, length: number) => {
      read.push([offset, offset + length])
      return source.read(offset, length)
    },
  }
  const { containers } = await readTensorFile(watched)
  read.length = 0
  const tensor = containers[0]?.tensors.find(({ name }) => name === 'column')
  await readValues(tensor as NonNullable<typeof tensor>)
  t.equal(read.length, 1)
  const [[from, to] = [0, 0]] = read
  t.equal(to - from, (3 * 6 + 1) * 4, 'four elements, six apart')
})

t.test('what is read is the reader’s own', async (t) => {
  const source = inMemory('zip.pth', readFileSync(checkpoint('zip.pth')))
  const { containers } = await readTensorFile(source)
  const tensor = containers[0]?.tensors.find(({ name }) => name === 'base')
  if (!tensor) throw new Error('no such tensor')
  const first = await readValues(tensor)
  const before = first.slice()
  first.fill(0)
  t.same(await readValues(tensor), before)
})
