import t from 'tap'
import {
  expectRunFits,
  expectTensorsFit,
  parameterBytes,
  trainedCount,
} from '../src/analysis/footprint.js'
import { compile } from '../src/compile.js'
import { bytesOf, peakActivations } from '../src/compiler/memory.js'
import {
  add,
  batchNorm,
  concat,
  conv,
  image,
  type Model,
  maxPool,
  model,
  relu,
  resize,
  split,
} from '../src/index.js'
import { sized, small } from './support/passes.js'

t.test('the peak is what is alive at once, each value until its last reader', (t) => {
  // Bytes: x 1024, a 2048, b 512, c 2048, y 2048. At y, x and b are gone: 3 · 2048.
  const diamond = small((x) => {
    const a = conv(x, 8, { kernel: 1 })
    const b = maxPool(a, { kernel: 2, stride: 2 })
    return { y: add(a, resize(b, 1, { mode: 'nearest' })) }
  })
  t.equal(peakActivations(diamond), 3 * 2048)
  t.equal(
    peakActivations(small((x) => ({ y: relu(relu(relu(x, { name: 'a' }), { name: 'b' })) }))),
    2 * 1024,
    'a chain holds two',
  )
  t.equal(
    peakActivations(small((x) => ({ same: x, y: relu(relu(x, { name: 'a' })) }))),
    3 * 1024,
    'an output is held to the end',
  )
  t.equal(
    peakActivations(
      small((x) => {
        const [a, b] = split(x, [1, 3])
        return { y: concat(b, a, b) }
      }),
    ),
    1024 + 1792,
    'the results of a split are as much as what is split, until the last is read',
  )
  t.equal(peakActivations(small((x) => ({ y: relu(x) }), 3)), 3 * 2 * 1024, 'of the whole batch')
  t.end()
})

t.test('parameters in numbers and bytes, running statistics apart', (t) => {
  const { plain, graph } = compile(
    model('net', image(4), (x) => ({ y: batchNorm(conv(x, 6, { kernel: 3 })) })),
  )
  for (const each of [plain, graph]) {
    t.equal(trainedCount(each), 216 + 12)
    t.equal(parameterBytes(each), 4 * (216 + 24))
  }
  t.equal(bytesOf({ element: 'int64', shape: [2, 3] }), 48)
  t.end()
})

t.test('what fits is let by', (t) => {
  const net = small((x) => ({ y: conv(x, 6, { kernel: 3 }) }))
  t.doesNotThrow(() => expectTensorsFit(net, 1e6))
  t.doesNotThrow(() => expectRunFits(net, 1e6))
  t.end()
})

t.test('a tensor past what memory allows is told with its size and the whole', (t) => {
  const wide: Model = model('wide', image(1), (x) => ({
    y: conv(conv(x, 2 ** 17, { kernel: 1, name: 'a' }), 2 ** 17, { kernel: 1, name: 'b' }),
  }))
  t.throws(() => expectTensorsFit(sized(wide, 1, 1), 24e9), {
    name: 'InputError',
    message:
      /^b\.weight \[131072, 131072, 1, 1\] takes 68\.7 GB, of 2\.15 GB that one tensor may take here; wide has 68\.7 GB of weights\n {2}Make the network narrower\.$/,
  })
  t.end()
})

t.test('a run past the memory of the machine is told with all it needs', (t) => {
  const net: Model = model('net', image(1), (x) => ({ y: relu(conv(x, 4, { kernel: 1 })) }))
  t.throws(() => expectRunFits(sized(net, 2 ** 20, 2 ** 20), 24e9), {
    name: 'InputError',
    message:
      /^net at \[1, 1, 1048576, 1048576\] needs 35\.2 TB to run \(activations 35\.2 TB, weights 16 bytes\), of 24 GB that there are\n {2}Take a smaller input/,
  })
  t.end()
})
