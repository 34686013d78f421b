import type { Test } from 'tap'
import { withGraph, withSession } from '../../src/build/open-graph.js'
import { compile } from '../../src/compile.js'
import { elementCount } from '../../src/compiler/dimension.js'
import type { NodeOf } from '../../src/compiler/node.js'
import type { Model } from '../../src/dsl/model.js'
import { compare } from '../../src/runtime/compare.js'
import { seededInput } from '../../src/runtime/inputs.js'
import { openSession } from '../../src/runtime/session.js'
import type { TensorData } from '../../src/runtime/tensor.js'
import { seeded } from '../../src/weights/seeded/seeded.js'

/** Of max |Δ| / max |reference|: two float32 computations of one network. */
const tolerance = 1e-5

/**
 * A file of a network of seed 0, run as users run it, gives what the network as written gives with ONNX Runtime's
 * optimiser off. It is no proof, and it is quick.
 */
export async function equalsAsWritten(
  t: Test,
  network: Model,
  path: string,
  { height, width }: { readonly height: number; readonly width: number },
): Promise<void> {
  const { plain } = compile(network, { size: { batch: 1, height, width }, passes: [] })
  const [{ attributes, type }] = plain.inputs as readonly [NodeOf<'input'>]
  const dims = type.shape as readonly number[]
  const feeds = { [attributes.name]: { data: seededInput(elementCount(dims), 0), dims } }
  const weights = seeded(network.graph, 0)
  const written = await withGraph(plain, weights, { optimize: false }, ({ session }) =>
    session.run(feeds),
  )
  const built = await withSession(openSession(path, { optimize: true }), (session) =>
    session.run(feeds),
  )
  t.same(Object.keys(built), Object.keys(network.outputs))
  for (const [name, reference] of Object.entries(written)) {
    const { ok, relative } = compare(name, reference, built[name] as TensorData, tolerance)
    t.ok(ok, `${name} ${relative}`)
  }
}
