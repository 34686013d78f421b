import type { Test } from 'tap'
import type { Graph } from '../../src/compiler/graph.js'
import type { Pass } from '../../src/compiler/rewrite.js'
import { type Feature, image, model, type Outputs } from '../../src/index.js'
import { evaluate } from '../../src/weights/evaluate.js'
import { seeded } from '../../src/weights/seeded/seeded.js'
import { emitted, equalsInterpreter, opened, weightsByName } from './emitted.js'
import { sized } from './passes.js'

/**
 * What a pass makes of a small network, in ONNX Runtime with its optimiser off, is held to the network as written in
 * float64.
 */
export async function sameInRuntime(
  t: Test,
  pass: Pass,
  body: (x: Feature<4, 1>) => Outputs,
): Promise<void> {
  const network = model('small', image(4), body)
  const graph = sized(network, 8, 8)
  const { graph: after, firings } = pass.run(graph)
  t.ok(firings.length > 0, `${pass.name} fires`)
  const session = await opened(t, await bytesOf(t, graph, after))
  const weights = await weightsByName(graph, seeded(graph, 0))
  await equalsInterpreter(t, session, network, [1, 8, 8], weights, 1e-6)
}

/** A graph that was rewritten as ONNX, with the seeded weights of the one as written. */
export async function bytesOf(t: Test, written: Graph, graph: Graph): Promise<Uint8Array> {
  const weights = seeded(written, 0)
  const { bytes } = await emitted(t, graph, {}, (constant) => evaluate(constant, weights))
  return bytes
}
