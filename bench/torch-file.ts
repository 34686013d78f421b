import { closeSync, openSync, writeSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { parametersOf } from '../src/compiler/graph.js'
import type { Model } from '../src/dsl/model.js'
import { seeded } from '../src/weights/seeded/seeded.js'

/** Writes the seeded weights of a network as `torch.save(model.state_dict(), path)` does: a ZIP of stored entries. */
export async function writeTorchFile(path: string, { graph }: Model): Promise<void> {
  const weights = seeded(graph, 0)
  const parameters = parametersOf(graph)
  const file = openSync(path, 'w')
  const directory: Buffer[] = []
  let at = 0
  const write = (bytes: Uint8Array): void => {
    for (let from = 0; from < bytes.length; ) from += writeSync(file, bytes, from)
    at += bytes.length
  }
  const entry = (name: string, bytes: Uint8Array): void => {
    const [start, sum] = [at, crc32(bytes)]
    const title = Buffer.from(`archive/${name}`)
    // PyTorch lets the bytes of every entry begin at a multiple of 64.
    const gap = 64 - ((start + 30 + title.length + 4) % 64)
    const head = Buffer.alloc(30 + title.length + 4 + gap)
    head.writeUInt32LE(0x04034b50, 0)
    head.writeUInt32LE(sum, 14)
    head.writeUInt32LE(bytes.length, 18)
    head.writeUInt32LE(bytes.length, 22)
    head.writeUInt16LE(title.length, 26)
    head.writeUInt16LE(4 + gap, 28)
    title.copy(head, 30)
    head.write('FB', 30 + title.length)
    head.writeUInt16LE(gap, 32 + title.length)
    write(head)
    write(bytes)
    const line = Buffer.alloc(46)
    line.writeUInt32LE(0x02014b50, 0)
    line.writeUInt32LE(sum, 16)
    line.writeUInt32LE(bytes.length, 20)
    line.writeUInt32LE(bytes.length, 24)
    line.writeUInt16LE(title.length, 28)
    line.writeUInt32LE(start, 42)
    directory.push(line, title)
  }
  entry('data.pkl', pickled(parameters.map(({ attributes }) => attributes)))
  entry('byteorder', Buffer.from('little'))
  for (const [i, parameter] of parameters.entries())
    entry(`data/${i}`, new Uint8Array((await weights.read(parameter)).buffer))
  entry('version', Buffer.from('3\n'))
  const [start, lines] = [at, Buffer.concat(directory)]
  write(lines)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(directory.length / 2, 8)
  end.writeUInt16LE(directory.length / 2, 10)
  end.writeUInt32LE(lines.length, 12)
  end.writeUInt32LE(start, 16)
  write(end)
  closeSync(file)
}

interface Named {
  readonly name: string
  readonly shape: readonly number[]
}

/** An OrderedDict of tensors in pickle's protocol 2, each a storage of its own. */
function pickled(tensors: readonly Named[]): Buffer {
  const text = (s: string): Buffer => {
    const bytes = Buffer.from(s)
    const head = Buffer.from([0x58, 0, 0, 0, 0])
    head.writeUInt32LE(bytes.length, 1)
    return Buffer.concat([head, bytes])
  }
  const whole = (n: number): Buffer => {
    const bytes = Buffer.from([0x4a, 0, 0, 0, 0])
    bytes.writeInt32LE(n, 1)
    return bytes
  }
  const tuple = (items: readonly number[]): Buffer =>
    Buffer.concat([Buffer.from('('), ...items.map(whole), Buffer.from('t')])
  const dictionary = Buffer.from('ccollections\nOrderedDict\n)R')
  const tensor = ({ name, shape }: Named, key: number): Buffer => {
    const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1))
    return Buffer.concat([
      text(name),
      Buffer.from('ctorch._utils\n_rebuild_tensor_v2\n(('),
      text('storage'),
      Buffer.from('ctorch\nFloatStorage\n'),
      text(String(key)),
      text('cpu'),
      whole(shape.reduce((a, b) => a * b, 1)),
      Buffer.from('tQ'),
      whole(0),
      tuple(shape),
      tuple(strides),
      Buffer.from('\x89', 'latin1'),
      dictionary,
      Buffer.from('tR'),
    ])
  }
  return Buffer.concat([
    Buffer.from('\x80\x02', 'latin1'),
    dictionary,
    Buffer.from('('),
    ...tensors.map(tensor),
    Buffer.from('u.'),
  ])
}
