import t from 'tap'
import { add, conv, type Feature, maxPool, relu, resize } from '../src/index.js'
import { sumBeforeResize } from '../src/passes/sum-before-resize.js'
import { applied, small, text } from './support/passes.js'

/** Maps of a stride of 2, and of 4. */
function pooled(x: Feature<4, 1>): { half: Feature<4, 2>; quarter: Feature<4, 4> } {
  const half = maxPool(x, { kernel: 2, stride: 2, name: 'half' })
  return { half, quarter: maxPool(half, { kernel: 2, stride: 2, name: 'quarter' }) }
}

const nearest = { mode: 'nearest' } as const

t.test('what is repeated by several factors and summed is summed on the way', (t) => {
  const graph = small((x) => {
    const { half, quarter } = pooled(x)
    return { y: relu(add(resize(quarter, 1, nearest), x, resize(half, 1, nearest))) }
  })
  const { graph: after, fired } = applied(t, sumBeforeResize, graph)
  t.equal(fired, 1)
  t.equal(
    text(after),
    `x                                [1, 4, 8, 8]
%1 = maxPool(x, 2x2, stride 2)   [1, 4, 4, 4]  half
%2 = maxPool(%1, 2x2, stride 2)  [1, 4, 2, 2]  quarter
%3 = resize(%2, x2, nearest)     [1, 4, 4, 4]  resize
%4 = add(%1, %3)                 [1, 4, 4, 4]  add
%5 = resize(%4, x2, nearest)     [1, 4, 8, 8]  resize
%6 = add(x, %5)                  [1, 4, 8, 8]  add
%7 = relu(%6)                    [1, 4, 8, 8]  0
y = %7`,
  )
  t.end()
})

t.test('maps repeated as often are repeated once', (t) => {
  const graph = small((x) => {
    const { half } = pooled(x)
    const other = conv(half, 4, { kernel: 1 })
    return { y: add(resize(half, 1, nearest), resize(other, 1, nearest)) }
  })
  const { graph: after, fired } = applied(t, sumBeforeResize, graph)
  t.equal(fired, 1)
  t.match(text(after), /add\(%\d, %\d\).*\n.*resize\(.*\n/)
  t.end()
})

t.test('where it may not, it stays', (t) => {
  const shared = small((x) => {
    const { half, quarter } = pooled(x)
    const up = resize(half, 1, nearest)
    return { y: add(resize(quarter, 1, nearest), up), z: relu(up) }
  })
  const bilinear = small((x) => {
    const { half, quarter } = pooled(x)
    const smooth = { mode: 'bilinear' } as const
    return { y: add(resize(quarter, 1, smooth), resize(half, 1, smooth)) }
  })
  const likewise = small((x) => {
    const { half, quarter } = pooled(x)
    return { y: add(resize(quarter, x, nearest), resize(half, x, nearest)) }
  })
  for (const graph of [shared, bilinear, likewise])
    t.equal(applied(t, sumBeforeResize, graph).graph, graph)
  t.match(applied(t, sumBeforeResize, shared).declined, [
    { reason: /resize\S* in it is read 2 times/ },
  ])
  t.end()
})
