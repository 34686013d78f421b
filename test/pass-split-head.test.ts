import t from 'tap'
import {
  add,
  concat,
  conv,
  type Feature,
  image,
  model,
  type Outputs,
  relu,
  resize,
  upsampleConcat,
} from '../src/index.js'
import { splitHead } from '../src/passes/split-head.js'
import { portable } from '../src/targets/portable.js'
import { applied, small, text } from './support/passes.js'

const pass = splitHead(portable.costs)
const bilinear = { mode: 'bilinear' } as const

t.test('x', (t) => {
  const graph = small((x) => {
    const a = conv(x, 3, { kernel: 3, stride: 2, name: 'a' })
    const b = conv(x, 2, { kernel: 3, stride: 4, name: 'b' })
    return { y: relu(conv(upsampleConcat([x, a, b]), 2, { kernel: 1, bias: true, name: 'head' })) }
  })
  console.log(text(graph))
  const r = applied(t, pass, graph)
  console.log(text(r.graph), r.declined)
  t.end()
})
