import t from 'tap'
import { inMemory } from '../src/weights/formats/bytes.js'
import type { StoredTensor } from '../src/weights/formats/tensor-file.js'
import { readBytes, readValues } from '../src/weights/formats/values.js'

// 25 MB: more than is read at a time.
const side = 2500
const stored = Float32Array.from({ length: side * side }, (_, i) => i)
const source = inMemory('large', new Uint8Array(stored.buffer))

function tensor(shape: readonly number[], strides: readonly number[], first = 0): StoredTensor {
  const where = { source, offset: 4 * first, littleEndian: true }
  return { name: 'a', type: 'float32', shape, strides, ...where }
}

t.test('a large tensor that is transposed or sliced is read a window at a time', async (t) => {
  let longest = 0
  const watched = {
    ...source,
    read: (offset: number, length: number) => {
      longest = Math.max(longest, length)
      return source.read(offset, length)
    },
  }
  for (const [view, at] of [
    [tensor([side, side], [1, side]), (i: number) => (i % side) * side + Math.floor(i / side)],
    [tensor([side, side - 1], [side, 1], 1), (i: number) => i + 1 + Math.floor(i / (side - 1))],
    [
      tensor([2, 2], [side * (side - 1), side - 1]),
      (i: number) => (i >> 1) * side * (side - 1) + (i & 1) * (side - 1),
    ],
  ] as const) {
    const values = await readValues({ ...view, source: watched })
    t.equal(
      values.length,
      view.shape.reduce((a, b) => a * b),
    )
    t.equal(
      values.findIndex((value, i) => value !== Math.fround(at(i))),
      -1,
    )
  }
  t.ok(longest <= 2 ** 24, `${longest} bytes at most`)
})

t.test('the bytes of a tensor come in pieces, which are its values', async (t) => {
  const pieces: Uint8Array[] = []
  for await (const piece of readBytes(tensor([side * side], [1]))) pieces.push(piece)
  t.same(
    pieces.map(({ length }) => length),
    [2 ** 24, 4 * side * side - 2 ** 24],
  )
  t.ok(Buffer.concat(pieces).equals(Buffer.from(stored.buffer)))
})
