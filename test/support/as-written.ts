import type { Test } from 'tap'
import { withGraph, withSession } from '../../src/build/open-graph.js'
import { compile } from '../../src/compile.js'
import { elementCount } from '../../src/compiler/dimension.js'
import type { NodeOf } from '../../src/compiler/node.js'
import type { InputSize } from '../../src/compiler/specialise.js'
import type { Model } from '../../src/dsl/model.js'
import { compare } from '../../src/runtime/compare.js'
import { seededInput } from '../../src/runtime/inputs.js'
import { openSession } from '../../src/runtime/session.js'
import type { TensorData } from '../../src/runtime/tensor.js'
import { seeded } from '../../src/weights/seeded/seeded.js'

/** Of max |Δ| / max |reference|: two float32 computations of one network. */
const tolerance = 1e-5

interface Run {
  readonly batch?: number
  readonly height: number
  readonly width: number
  /** A file that was built of it; without one, it is compiled. */
  readonly path?: string
  /** What it is compiled for, where that is more than the size at which it is run. */
  readonly open?: Partial<InputSize>
}

/**
 * A network of seed 0, run as users run it, gives what it gives as written with ONNX Runtime's optimiser off. It is no
 * proof, and it is quick.
 */
export async function equalsAsWritten(
  t: Test,
  network: Model,
  { batch = 1, height, width, path, open }: Run,
): Promise<void> {
  const size = { batch, height, width }
  const { plain } = compile(network, { size, passes: [] })
  const { graph } = compile(network, { size: open ?? size })
  const [{ attributes, type }] = plain.inputs as readonly [NodeOf<'input'>]
  const dims = type.shape as readonly number[]
  const feeds = { [attributes.name]: { data: seededInput(elementCount(dims), 0), dims } }
  const weights = seeded(network.graph, 0)
  const written = await withGraph(plain, weights, { optimize: false }, ({ session }) =>
    session.run(feeds),
  )
  const built = await (path === undefined
    ? withGraph(graph, weights, { optimize: true }, ({ session }) => session.run(feeds))
    : withSession(openSession(path, { optimize: true }), (session) => session.run(feeds)))
  t.same(Object.keys(built), Object.keys(network.outputs))
  for (const [name, reference] of Object.entries(written)) {
    const { ok, relative } = compare(name, reference, built[name] as TensorData, tolerance)
    t.ok(ok, `${network.name} at ${height}x${width}: ${name} ${relative}`)
    t.ok(reference.dims.every((side) => side > 0))
  }
}
