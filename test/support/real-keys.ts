import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import type { Keyed } from '../../src/checkpoint/match.js'
import { inMemory } from '../../src/weights/formats/bytes.js'
import type { StoredTensor, StoredType } from '../../src/weights/formats/tensor-file.js'
import { recognise } from '../../src/weights/layouts/recognise.js'

/** A file of test/fixtures/layouts, in the source tree. */
export function layoutFixture(file: string): Buffer {
  const url = new URL(`../../../test/fixtures/layouts/${file}`, import.meta.url)
  return readFileSync(fileURLToPath(url))
}

const record: Readonly<Record<string, readonly string[]>> = JSON.parse(
  gunzipSync(layoutFixture('keys.json.gz')).toString(),
)

/** The tensors of a network that real code made (test/fixtures/layouts/keys.py), by their keys; of zeros. */
export function realTensors(network: string): readonly StoredTensor[] {
  const lines = record[network]
  if (!lines) throw new Error(`${network} is none of ${Object.keys(record).join('; ')}`)
  return lines.map((line) => {
    const [name = '', sides = '', type = 'float32'] = line.split(' ')
    const shape = sides === '-' ? [] : sides.split('x').map(Number)
    return zeros(name, shape, type as StoredType)
  })
}

/** A tensor that is not there: no test reads it. */
export function zeros(
  name: string,
  shape: readonly number[],
  type: StoredType = 'float32',
): StoredTensor {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1))
  const source = inMemory('nothing', new Uint8Array())
  return { name, shape, type, source, offset: 0, strides, littleEndian: true }
}

/** Tensors with the layout that is recognised in them. */
export function keyed(tensors: readonly StoredTensor[], beside: readonly string[] = []): Keyed {
  return {
    tensors,
    layout: recognise(
      tensors.map(({ name }) => name),
      beside,
    ),
  }
}

export function renamed(
  tensors: readonly StoredTensor[],
  rename: (key: string) => string,
): readonly StoredTensor[] {
  return tensors.map((tensor) => ({ ...tensor, name: rename(tensor.name) }))
}
