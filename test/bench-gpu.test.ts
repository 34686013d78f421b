import t from 'tap'
import { datasheet } from '../bench/gpu/peaks.js'
import { inRoom, isAsked, type Sitting, scopes, sittings } from '../bench/gpu/plan.js'
import { type Result, recordName, recordOf } from '../bench/gpu/record.js'
import { type Line, type Measured, readJournal, remaining } from '../bench/gpu/result.js'
import { convolutions, type Peaks, roofline, sumOf } from '../bench/gpu/roofline.js'
import { aims, gpuTables } from '../bench/gpu/table.js'
import { wrong } from '../bench/gpu/tolerances.js'
import { verdict } from '../bench/report.js'
import { compile } from '../src/compile.js'
import { conv, convBnRelu, globalPool, image, linear, model } from '../src/index.js'
import { compare } from '../src/runtime/compare.js'

const all = sittings(scopes.cuda, 'cuda')
const [first, second] = all as readonly [Sitting, Sitting]
const peaks: Peaks = { operations: { float32: 1e12, tf32: 4e12, float16: 8e12 }, bytes: 1e9 }

const start: Line = {
  kind: 'start',
  machine: {
    date: '2026-11-25',
    label: 'x',
    processor: 'a processor',
    cores: 16,
    memory: '128 GiB',
    system: 'linux',
    node: '20',
    onnxRuntime: 'none',
    typescript: 'none',
    heddle: '0.1.0',
    commit: 'abc',
    load: '0.0',
  },
  device: { name: 'NVIDIA H100 80GB HBM3', torch: '2.11.0', tensorrt: 'could not be had: none' },
  peaks,
}

function measured(member: string, ms: number, more: Partial<Measured> = {}): Measured {
  const difference = { largest: 2e-3, rms: 1e-3 }
  return { member, rounds: [ms, ms * 1.1, ms * 0.9], runs: 3, difference, openSeconds: 2, ...more }
}

t.test('the roofline of a network is the sum of what holds up each of its convolutions', (t) => {
  const net = model('net', image(3, { size: [8, 8] }), (x) => {
    const y = convBnRelu(x, 4, { kernel: 3, stride: 2 })
    return { y: linear(globalPool(conv(y, 8, { kernel: 1 })), 5) }
  })
  const works = convolutions(compile(net, { size: { batch: 2 }, passes: [] }).plain)
  const image_ = 2 * 3 * 64
  const half = 2 * 4 * 16
  t.strictSame(works, [
    { operations: 2 * half * 27, bytes: 4 * (image_ + 4 * 27 + half) },
    { operations: 2 * 2 * 8 * 16 * 4, bytes: 4 * (half + 8 * 4 + 2 * 8 * 16) },
    { operations: 2 * 2 * 5 * 8, bytes: 4 * (2 * 8 + 5 * 8 + 5 + 2 * 5) },
  ])
  t.strictSame(sumOf(works), {
    operations: works.reduce((sum, { operations }) => sum + operations, 0),
    bytes: works.reduce((sum, { bytes }) => sum + bytes, 0),
  })

  const slow = { operations: 4e9, bytes: 1e6 }
  const wide = { operations: 1e6, bytes: 8e6 }
  t.equal(roofline([slow, wide], peaks, 'float32'), 4 + 8)
  t.equal(roofline([slow, wide], peaks, 'tf32'), 1 + 8)
  t.equal(roofline([slow, wide], peaks, 'float16'), 0.5 + 4, 'float16 moves half the bytes')
  t.end()
})

t.test('what a datasheet says is known of devices by their whole names alone', (t) => {
  t.equal(datasheet('NVIDIA H200')?.bytes, 4.8e12)
  t.equal(datasheet('NVIDIA H100'), undefined)
  t.equal(datasheet('cpu'), undefined)
  t.end()
})

t.test(
  'each network, size, batch and precision is sat for once in each wave, batch 1 first',
  (t) => {
    t.equal(new Set(all.map(({ id }) => id)).size, all.length)
    const usual = all.filter(({ wave }) => wave === 'usual')
    t.equal(usual.length, 6 * 3 * 3)
    t.match(first, { batch: 1, wave: 'usual', subject: { network: 'hrnet-v2-w18', height: 512 } })
    for (const { members } of all) {
      const names = members.map(({ name }) => name)
      t.ok(names.includes('PyTorch eager') && names.includes('heddle c-api, graph'), names.join())
      t.equal(new Set(names).size, names.length)
    }
    t.end()
  },
)

t.test('on the CPU nothing is asked that CUDA alone knows', (t) => {
  const cpu = sittings(scopes.cpu, 'cpu')
  t.notOk(cpu.some(({ wave }) => wave === 'options'))
  const names = cpu.flatMap(({ members }) => members.map(({ name }) => name))
  t.ok(names.includes('heddle c-api'))
  t.notOk(names.some((name) => name.includes('streams')))
  t.notOk(names.some((name) => name.includes('graph')))
  t.end()
})

t.test('sittings are asked for by words of their names', (t) => {
  const asked = (only: string): readonly Sitting[] => all.filter((one) => isAsked(one, only))
  t.equal(asked('batch 1 usual').length, 6 * 3)
  t.equal(asked('w18 512x1024 batch 1 float16 usual').length, 1)
  t.equal(asked('v2-w18 batch 8 usual, hrnet-w18-c batch 8 usual').length, 9)
  t.equal(asked('w1').length, 0, 'a part of a word is none')
  t.end()
})

t.test('members are opened together as far as the memory goes, and one at least', (t) => {
  t.strictSame(inRoom(['a', 'b', 'c'], 10, 25), [['a', 'b'], ['c']])
  t.strictSame(inRoom(['a', 'b'], 10, 5), [['a'], ['b']])
  t.strictSame(inRoom(['a', 'b'], 10, Number.POSITIVE_INFINITY), [['a', 'b']])
  t.end()
})

t.test('a journal is gone on from: what was broken off is tried again, once', (t) => {
  const { id } = first
  const begun: Line = { kind: 'begin', id }
  const lines: readonly Line[] = [start, begun]
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
  t.strictSame(readJournal(`${text}{"kind":"sat","id":"`), lines, 'a line that was broken off')
  const left = (...more: Line[]): readonly Sitting[] => remaining(all, [...lines, ...more])
  const [failed, whole] = [[{ member: 'a', error: 'no' }], [measured('a', 1)]]
  for (const more of [[], [{ kind: 'sat', id, cells: failed } as const]]) {
    t.equal(left(...more)[0], second, 'after all that was never begun')
    t.equal(left(...more).at(-1), first)
    t.notOk(left(...more, begun).includes(first), 'after two tries it is given up')
  }
  t.notOk(left({ kind: 'sat', id, cells: whole }).includes(first))
  t.end()
})

t.test('an answer is wrong past the tolerance of its precision, and where it is no number', (t) => {
  const reference = { data: Float32Array.of(1, -1, 1, -1), dims: [4] }
  const off = (by: number): ReturnType<typeof compare> =>
    compare('y', reference, { data: reference.data.map((x) => x + by), dims: [4] }, 0)
  t.equal(wrong(off(5e-3), 'float16'), undefined)
  t.match(wrong(off(5e-3), 'float32'), /rms Δ \/ rms reference is 5\.0e-3, past 0\.0001 of float32/)
  t.match(wrong(off(Number.NaN), 'tf32'), /wrong: the result holds NaN/)
  const short = compare('y', reference, { data: Float32Array.of(1), dims: [1] }, 0)
  t.match(wrong(short, 'float16'), /wrong: the shape is \[1\], not \[4\]/)
  t.end()
})

t.test(
  'a record holds what was measured, with its roofline, and failures with their errors',
  (t) => {
    const cells = [
      measured('PyTorch eager', 20, { launches: 900, kernels: 905, copyMs: 1, deviceRounds: [19] }),
      measured('heddle onnxruntime-node', 8, { version: '1.30.0' }),
      { member: 'heddle c-api', error: 'the answer is wrong: rms' },
    ]
    const record = recordOf([start, { kind: 'sat', id: first.id, cells, copyMs: 2 }], all)
    t.ok(record)
    if (!record) return t.end()
    t.equal(recordName(record), 'gpu-2026-11-25-nvidia-h100-80gb-hbm3')
    t.equal(record.machine.onnxRuntime, '1.30.0')
    const [result] = record.results as readonly [Result]
    t.equal(record.results.length, 1)
    t.match(result, { network: 'hrnet-v2-w18', batch: 1, precision: first.precision, cells })
    const seconds = result.macs / (peaks.operations.float16 / 2)
    t.ok(result.roofline.measured >= 1000 * seconds, 'never below the operations alone')
    const text = gpuTables(record)
    t.match(text, /PyTorch eager +\| 20 \(19–21\) +\| 1\.00 +\| 50 +\| 19 /)
    t.match(text, /heddle onnxruntime-node \| 8 \(7\.6–8\.4\) +\| 0\.40 /)
    t.match(text, /heddle c-api +\| the answer is wrong/)
    t.match(text, /900 \(905\)/)
    const cpu = { ...record, device: { ...record.device, name: 'cpu' } }
    t.equal(recordName(cpu), 'rehearsal-2026-11-25', 'no record of a GPU')
    t.equal(recordOf([], all), undefined)
    t.end()
  },
)

t.test(
  'aims are of heddle’s files: against PyTorch at batch 1, against the roofline beyond',
  (t) => {
    const result: Result = {
      network: 'net',
      height: 8,
      width: 8,
      wave: 'compile',
      batch: 1,
      precision: 'tf32',
      macs: 1,
      bytes: 1,
      roofline: { measured: 5 },
      copyMs: 2,
      cells: [
        measured('PyTorch eager', 20),
        measured('PyTorch compile', 9),
        measured('plain onnxruntime-node', 1),
        measured('heddle c-api', 10),
      ],
    }
    t.strictSame(
      aims(result).map((aim) => [aim.value, aim.aim, verdict(aim)]),
      [
        [0.5, 0.5, 'met'],
        [10 / 9, 1, 'missed'],
      ],
    )
    const [large] = aims({ ...result, batch: 8 })
    t.match(large, { value: (10 - 2) / 5, aim: 1.3, from: '10 ms, of it 2 ms copies, over 5 ms' })
    t.strictSame(
      aims({ ...result, cells: [measured('heddle c-api', 10)] }),
      [],
      'nothing to compare with',
    )
    t.end()
  },
)
