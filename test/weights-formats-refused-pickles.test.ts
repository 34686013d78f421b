import { readFileSync } from 'node:fs'
import t from 'tap'
import { inMemory } from '../src/weights/formats/bytes.js'
import { readTensorFile } from '../src/weights/formats/read-tensor-file.js'
import { bytesOf, little, pickled, torchZip } from './support/archives.js'
import { checkpoint, expected } from './support/checkpoints.js'
import { refused } from './support/refused.js'

const tensor = pickled.tensor()

t.test('what PyTorch saved and heddle does not read is refused by its name', async (t) => {
  for (const [name, said] of Object.entries(expected.refused))
    await refused(t, readFileSync(checkpoint(`refused-${name}.pth`)), said)
  for (const name of ['os-system', 'module', 'quantized', 'complex'])
    await refused(
      t,
      readFileSync(checkpoint(`refused-${name}-legacy.pth`)),
      name === 'module' ? 'a whole module is pickled' : (expected.refused[name] as string),
    )
  await refused(t, readFileSync(checkpoint('refused-script.pt')), 'TorchScript')
})

t.test('what heddle does not read is refused with its dictionary, and no other', async (t) => {
  const complex = pickled.tensor({ type: 'ComplexFloatStorage' })
  const dictionary = (...items: readonly Uint8Array[]) => bytesOf('}(', ...items, 'u')
  const bytes = torchZip(
    bytesOf(
      ...[0x80, 2],
      dictionary(
        ...[pickled.text('net'), dictionary(pickled.text('weight'), tensor)],
        ...[
          pickled.text('other'),
          dictionary(pickled.text('z'), complex, pickled.text('w'), tensor),
        ],
      ),
      '.',
    ),
  )
  const { containers } = await readTensorFile(inMemory('net.pth', bytes))
  t.same(
    containers.map(({ name, tensors, refused }) => [name, tensors.length, refused?.problem]),
    [
      ['net', 1, undefined],
      ['other', 1, 'net.pth: tensor "z" is of type complex64, which heddle does not read'],
    ],
  )
})

t.test('a name that is not allowed is refused where it stands, used or not', async (t) => {
  for (const name of ['posix.system', 'os.system', 'builtins.eval', 'subprocess.Popen'])
    for (const letters of [`c${name.replace('.', '\n')}\n`, stackGlobal(name)])
      await refused(
        t,
        torchZip(pickled.dictionary('a', tensor, 's', pickled.text('b'), letters)),
        `"${name}", which is none of the names`,
      )
  // Names that other names lead to.
  for (const name of ['constructor', '__proto__', 'toString', 'torch._utils.constructor'])
    await refused(t, torchZip(bytesOf(0x80, 4, stackGlobal(name), '.')), 'none of the names')
})

function stackGlobal(name: string): Uint8Array {
  const [module = '', ...rest] = name.split('.')
  return bytesOf(pickled.text(module), pickled.text(rest.join('.')), 0x93)
}

t.test('getattr is data: what it gives cannot be called', async (t) => {
  const os = bytesOf(
    'cbuiltins\ngetattr\n(',
    'ccollections\nOrderedDict\n',
    pickled.text('x'),
    'tR',
  )
  await refused(t, torchZip(bytesOf(0x80, 2, os, ')R.')), 'what is called is no function')
  for (const callee of [
    pickled.text('os.system'),
    bytesOf(']'),
    tensor,
    bytesOf('ctorch\nfloat32\n'),
  ])
    await refused(t, torchZip(bytesOf(0x80, 2, callee, ')R.')), 'what is called is no function')
})

t.test('a pickle that is no pickle is refused at its byte', async (t) => {
  const cases: Readonly<Record<string, readonly (string | number | Uint8Array)[]>> = {
    'the pickle is cut off': [0x80, 2, '}'],
    '0xff is no operation': [0x80, 2, 0xff, '.'],
    '0x69 is no operation': [0x80, 2, '(iposix\nsystem\n.'],
    'of protocol 7': [0x80, 7, '}.'],
    'of protocol 0': [0x80, 0, '}.'],
    'where there is none': [0x80, 2, '.'],
    'a list ends where none began': [0x80, 2, 't.'],
    'value 9 is used before': [0x80, 2, 'h', 9, '.'],
    'a key without a value': [0x80, 2, '}(', pickled.text('a'), 'u.'],
    'added to what is no list': [0x80, 2, '}Na.'],
    'set in what is no dictionary': [0x80, 2, ']NNs.'],
    'not UTF-8': [0x80, 2, 'X', little(1, 4), 0xff, '.'],
    'no tuple': [0x80, 2, 'NQ.'],
    'stands for a storage is none': [0x80, 2, ')Q.'],
    'is no pair': [0x80, 2, 'ccollections\nOrderedDict\n](Ne', 0x85, 'R.'],
    'of what is no storage': [0x80, 2, 'ctorch._utils\n_rebuild_tensor_v2\n)R.'],
    'its pickle ends at byte 4': [0x80, 2, '}..'],
    'there is no dictionary of tensors': [0x80, 2, '}.'],
  }
  for (const [said, parts] of Object.entries(cases))
    await refused(t, torchZip(bytesOf(...parts)), said)
})

t.test('sides, strides and offsets that lead out of the storage are refused', async (t) => {
  const cases: readonly (readonly [Parameters<typeof pickled.tensor>[0], said: string])[] = [
    [{ shape: [5] }, '"a" reaches to element 5 of 4'],
    [{ first: 1 }, 'reaches to element 5 of 4'],
    [{ shape: [2, 2], strides: [3, 1] }, 'reaches to element 5 of 4'],
    [{ size: 5, shape: [5] }, 'lies in a storage of 20 bytes, of which 16 are there'],
    [{ size: 2 ** 52 }, `of ${2 ** 54} bytes, of which 16`],
    [{ type: 'DoubleStorage' }, 'of 32 bytes, of which 16'],
    [{ shape: [-1] }, '-1 stands for a number of elements'],
    [{ strides: [-1] }, '-1 stands for'],
    [{ first: -1 }, '-1 stands for'],
    [{ strides: [1, 1] }, '1 sides and 2 strides'],
    [{ shape: [2 ** 40, 2 ** 40], strides: [0, 0] }, 'is the most that heddle reads'],
    [{ shape: [2 ** 26], strides: [0] }, 'repeats 1 stored elements to 67108864'],
    [{ shape: [2, 2 ** 52], strides: [2 ** 52, 2 ** 52] }, 'is the most that heddle reads'],
    [{ shape: [2, 2], strides: [2 ** 52, 2 ** 52] }, 'reaches to element'],
    [{ shape: Array(65).fill(1), strides: Array(65).fill(1) }, '65 axes; 64 is the most'],
  ]
  for (const [options, said] of cases)
    await refused(t, torchZip(pickled.dictionary('a', pickled.tensor(options))), said)
  const missing = bytesOf('ctorch._utils\n_rebuild_tensor\n(', pickled.storage(4, { key: '1' }))
  const pickle = pickled.dictionary(
    'a',
    missing,
    'K',
    0,
    pickled.tuple([4]),
    pickled.tuple([1]),
    'tR',
  )
  await refused(t, torchZip(pickle), 'lies in "net/data/1", which is not there')
})

t.test(
  'a pickle that would build more than it may is refused, however it goes about it',
  async (t) => {
    const many = (...parts: readonly (string | number | Uint8Array)[]): Uint8Array => {
      const once = bytesOf(...parts)
      const all = new Uint8Array(once.length * 2 ** 20)
      for (let at = 0; at < all.length; at += once.length) all.set(once, at)
      return all
    }
    const said = 'the pickle builds more than 128 MiB'
    const builds: readonly (readonly (string | number | Uint8Array)[])[] = [
      [many('}')],
      [many(']]')],
      [many('N0'.repeat(10))],
      [many('ccollections\nOrderedDict\n)R')],
      // One list, added to itself through the memo.
      [']q', 0, many('(', 'h\0'.repeat(20), 'e')],
      // Copies of a dictionary that is large already.
      ['](', many(')'), 'eq', 0, many('0ccollections\nOrderedDict\n', 'h', 0, 0x85, 'R')],
      [many('N', ...Array(3).fill(bytesOf('r', little(2 ** 32 - 1, 4))), '0')],
    ]
    for (const parts of builds) await refused(t, torchZip(bytesOf(0x80, 2, ...parts, '.')), said)
  },
)

t.test(
  'a billion laughs are not laughed: dictionaries in each other end by a message',
  async (t) => {
    const level = (place: number): Uint8Array => {
      const keys = Array.from({ length: 100 }, (_, i) => bytesOf(pickled.text(`k${i}`), 'h', place))
      return bytesOf('}(', ...keys, 'uq', place + 1)
    }
    const levels = [0, 1, 2, 3, 4].map(level)
    const pickle = bytesOf(0x80, 2, '}', pickled.text('a'), tensor, 'sq', 0, ...levels, '.')
    await refused(t, torchZip(pickle), /more than 4194304 keys in its dictionaries/)
  },
)

t.test('a dictionary that holds itself is read, to a depth', async (t) => {
  const pickle = bytesOf(
    0x80,
    2,
    '}q',
    0,
    pickled.text('a'),
    tensor,
    's',
    pickled.text('self'),
    'h',
    0,
    's.',
  )
  const { containers } = await readTensorFile(inMemory('net.pth', torchZip(pickle)))
  t.same(
    containers.map(({ name }) => name),
    ['', 'self', 'self.self', 'self.self.self', 'self.self.self.self'],
  )
})

t.test('a whole number of a million digits is passed over', async (t) => {
  const digits = new Uint8Array(2 ** 20).fill(0x7f)
  const large = bytesOf(0x8b, little(digits.length, 4), digits)
  const pickle = bytesOf(
    0x80,
    2,
    '}',
    pickled.text('a'),
    tensor,
    's',
    pickled.text('b'),
    large,
    's.',
  )
  const { others } = await readTensorFile(inMemory('net.pth', torchZip(pickle)))
  t.same(others, ['b'])
})
