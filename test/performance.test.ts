import { readFileSync } from 'node:fs'
import t from 'tap'
import type { InferenceRecord } from '../bench/inference/result.js'
import { inferenceTables, intoDocument, recordIn } from '../bench/inference/table.js'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

const record: InferenceRecord = {
  machine: {
    date: '2026-01-02',
    label: 'some-2',
    processor: 'Some',
    cores: 2,
    memory: '8 GiB',
    system: 'linux',
    node: '20.0.0',
    onnxRuntime: '1.0.0',
    typescript: '6.0.0',
    heddle: '0.1.0',
    commit: 'abc',
    load: '0.1',
  },
  seconds: 120,
  results: [
    measured('targets', 'torch', 'ort-cpu', 1.1, 50),
    measured('targets', 'torch', 'ort-cpu, int8', 2.5, 40),
    measured('left out', 'ort-cpu', '− fold', 0.5, 200),
    { network: 'hrnet-v2-w48', group: 'left out', reference: 'ort-cpu', variant: '− share' },
  ],
}

function measured(
  group: 'targets' | 'left out',
  reference: string,
  variant: string,
  ratio: number,
  peak: number,
): InferenceRecord['results'][number] {
  const timing = {
    wall: [ratio, ratio, ratio],
    cpu: [ratio, ratio, ratio],
    ms: 10,
    cpuMs: 9,
  } as const
  return {
    network: 'hrnet-v2-w48',
    group,
    reference,
    variant,
    measured: {
      timings: { 1: timing },
      difference: { largest: 0, rms: 0.1 },
      noise: 0.2,
      peaks: [100e6, peak * 1e6],
    },
  }
}

t.test('docs/performance.md shows the record that it names', (t) => {
  const document = read('docs/performance.md')
  const path = recordIn(document)
  t.type(path, 'string')
  if (path && path !== 'none')
    t.equal(intoDocument(document, path, JSON.parse(read(path))), document)
  t.end()
})

t.test('a record is told as gains, with its aims', (t) => {
  const text = inferenceTables(record)
  t.match(text, /\| `ort-cpu` +\| 1\.10, memory 0\.50 \|/)
  t.match(text, /≥ 1\.08 met/)
  t.match(text, /≥ 2\.7 missed/)
  t.match(
    text,
    /\| `− fold` +\| 2\.00, memory 0\.50 \|/,
    'what is left out is told as what it gains',
  )
  t.match(text, /\| `− share` +\| the same file +\|/)
  t.end()
})

t.test('a document takes a record in the place of the one before', (t) => {
  const once = intoDocument(read('docs/performance.md'), 'a.json', record)
  t.equal(recordIn(once), 'a.json')
  const twice = intoDocument(once, 'a.json', record)
  t.equal(twice, once)
  t.throws(() => intoDocument('no place', 'a.json', record), /has no place/)
  t.end()
})
