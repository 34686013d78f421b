import t from 'tap'
import { compile } from '../src/compile.js'
import { nodesOf } from '../src/compiler/graph.js'
import { interpretationOrder, interpretNode } from '../src/compiler/interpret.js'
import type { Constant, Node } from '../src/compiler/node.js'
import { batchNorm, conv, convTranspose, image, model } from '../src/index.js'
import { evaluate } from '../src/weights/evaluate.js'
import { seeded } from '../src/weights/seeded/seeded.js'
import type { Weights } from '../src/weights/source.js'

/** A constant in float64 all the way, rounded at the end. */
async function exact(constant: Constant, weights: Weights): Promise<Float32Array> {
  const values = new Map<Node, Float64Array>()
  for (const node of interpretationOrder([constant])) {
    const read = node.kind === 'parameter' ? Float64Array.from(await weights.read(node)) : undefined
    const never = (): never => {
      throw new Error('not read')
    }
    values.set(
      node,
      interpretNode(node, {
        of: (operand) => values.get(operand) ?? never(),
        parameter: () => read ?? never(),
        input: never,
      }),
    )
  }
  return Float32Array.from(values.get(constant) as Float64Array)
}

t.test(
  'weights with a batch norm folded into them are rounded once, whatever they scale',
  async (t) => {
    const net = model('net', image(4), (x) => {
      const plain = batchNorm(conv(x, 8, { kernel: 3, stride: 2 }))
      const grouped = batchNorm(conv(plain, 8, { kernel: 3, groups: 4 }))
      const transposed = batchNorm(convTranspose(grouped, 8, { kernel: 4, stride: 2, groups: 2 }))
      return { y: conv(batchNorm(transposed), 6, { kernel: 1, groups: 2 }) }
    })
    const { plain, graph } = compile(net)
    const weights = seeded(plain, 3)
    const scaled = nodesOf(graph).filter(
      (node) => node.kind === 'derived' && node.attributes.derivation.rule === 'scaleChannels',
    ) as readonly Constant[]
    t.ok(scaled.length >= 4, `${scaled.length} weights`)
    for (const constant of scaled)
      t.strictSame(await evaluate(constant, weights), await exact(constant, weights))
  },
)
