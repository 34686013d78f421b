import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { loggedOf, modelOf, type Network, networks } from '../scripts/launches/networks.js'
import { type Logged, readLog, stubbedRun } from '../scripts/launches/stubbed.js'
import { targets } from '../src/index.js'
import { build } from '../src/node.js'
import { provider, skip, stubs } from './support/cuda-stubs.js'

// On a machine without a GPU and without the stub libraries: what they logged is in the record, and what is counted
// now is held to it.

const record = new URL('../../bench/records/launches.json', import.meta.url)

t.test('what is counted is what ONNX Runtime launched of each network of the record', async (t) => {
  const recorded = JSON.parse(await readFile(record, 'utf8')) as {
    readonly networks: readonly (Network & Logged)[]
  }
  t.equal(recorded.networks.length, networks.length)
  for (const { kinds, kernels, copies, ...network } of recorded.networks) {
    const what = `${network.name}, ${network.passes ? 'of ort-cuda' : 'as written'}, ${network.precision}`
    t.same(loggedOf(network), { kernels, copies }, what)
  }
})

t.test('and what it launches here, on the stub libraries', { skip }, async (t) => {
  const network = networks[4] as Network
  const { height, width } = network
  const output = join(t.testdir(), 'net.onnx')
  const size = { batch: 1, height, width }
  await build(modelOf(network), { output, size, target: targets['ort-cuda'] })
  const { kernels, copies } = stubbedRun(output, { provider, stubs })
  t.same({ kernels, copies }, loggedOf(network))
})

t.test('a log is read line by line: launches, calls and copies', (t) => {
  const relu =
    '_ZN11onnxruntime4cuda17_UnaryElementWiseIffNS0_7OP_ReluIfEELi256ELi4EEEvPKT_PT0_T1_l'
  const log = `memcpyasync H2D 4096\nlaunch ${relu}\ncudnn AddTensor\nlaunch ${relu}\nmalloc 7 total 9\nmemset 8\nwaitevent\n`
  t.same(readLog(log), {
    kernels: 3,
    copies: 2,
    kinds: {
      '_UnaryElementWise Relu': 2,
      'cudnn AddTensor': 1,
      'memcpyasync H2D': 1,
      'memset 8': 1,
    },
  })
  t.end()
})
