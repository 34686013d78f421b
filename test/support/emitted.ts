import type { Test } from 'tap'
import { type Compilation, compile } from '../../src/compile.js'
import { elementCount } from '../../src/compiler/dimension.js'
import { type Graph, parametersOf } from '../../src/compiler/graph.js'
import { interpret } from '../../src/compiler/interpret.js'
import type { Constant } from '../../src/compiler/node.js'
import { type InputSize, specialise } from '../../src/compiler/specialise.js'
import type { Model } from '../../src/dsl/model.js'
import { type EmitOptions, emit } from '../../src/onnx/emit.js'
import type { ReadConstant } from '../../src/onnx/tensors.js'
import { compare } from '../../src/runtime/compare.js'
import { seededInput } from '../../src/runtime/inputs.js'
import { openSession, type Session } from '../../src/runtime/session.js'
import type { TensorData } from '../../src/runtime/tensor.js'
import { version } from '../../src/version.js'
import { evaluate } from '../../src/weights/evaluate.js'
import { seeded } from '../../src/weights/seeded/seeded.js'
import type { Weights } from '../../src/weights/source.js'
import { faultsOf } from './onnx-faults.js'

export interface Emitted {
  readonly bytes: Uint8Array
  readonly data: Uint8Array
  readonly chunks: readonly Uint8Array[]
  readonly names: ReadonlyMap<unknown, string>
}

type Options = Omit<EmitOptions, 'producerVersion'>

/**
 * A graph's bytes, which are as many as the emission said, and in which our own checks find no fault.
 * Weights are seeded, and so the graph has to be as it is written, unless `read` gives them.
 */
export async function emitted(
  t: Test,
  graph: Graph,
  options: Options = {},
  read: ReadConstant = seededFor(graph),
): Promise<Emitted> {
  const emission = emit(graph, { ...options, producerVersion: version })
  const [chunks, data] = await Promise.all([
    collected(emission.model(read)),
    collected(emission.data(read)),
  ])
  const result = { bytes: Buffer.concat(chunks), data: Buffer.concat(data), chunks }
  t.equal(result.bytes.length, emission.size, 'the size is known before')
  t.equal(result.data.length, emission.dataSize, 'and that of the data')
  t.same(faultsOf(result.bytes, result.data), [], 'the structure has no fault')
  return { ...result, names: emission.names }
}

function seededFor(graph: Graph): ReadConstant {
  const weights = seeded(graph, 0)
  return (constant) => evaluate(constant, weights)
}

/** Values for those who do not look at them. */
export async function zeros({ type }: Constant): Promise<Float32Array> {
  return new Float32Array(elementCount(type.shape) as number)
}

async function collected(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(chunk)
  return all
}

/** A network as it is written, for some size. */
export function plain(network: Model, size: Partial<InputSize> = {}): Compilation {
  return compile(network, { size, passes: [] })
}

/** Opens bytes with ONNX Runtime's optimiser off, and closes the session with the test. */
export async function opened(t: Test, bytes: Uint8Array | string): Promise<Session> {
  const session = await openSession(bytes, { optimize: false })
  t.teardown(() => session.close())
  return session
}

/** An image for a network of four channels, the same each time. */
export function imageOf(batch: number, height: number, width: number): TensorData {
  return { data: seededInput(batch * 4 * height * width, 1), dims: [batch, 4, height, width] }
}

/**
 * Runs a session on an image of the given size, and holds every output to what the interpreter computes of
 * the network in float64, from weights that it finds by their names.
 */
export async function equalsInterpreter(
  t: Test,
  session: Session,
  network: Model,
  [batch, height, width]: readonly [number, number, number],
  weights: Readonly<Record<string, Float32Array>>,
  tolerance: number,
): Promise<void> {
  const image = imageOf(batch, height, width)
  const graph = specialise(network.graph, { batch, height, width })
  const values = interpret(graph, new Map([['image', image.data as Float32Array]]), (parameter) =>
    Float64Array.from(weights[parameter.attributes.name] as Float32Array),
  )
  const results = await session.run({ image })
  const wrong = graph.outputs.flatMap(({ name, value }) => {
    const reference = {
      data: values.get(value) as Float64Array,
      dims: value.type.shape as number[],
    }
    const { ok, relative, note } = compare(name, reference, results[name] as TensorData, tolerance)
    return ok ? [] : [`${name}: ${note ?? relative}`]
  })
  t.same(wrong, [], `equal to the interpreter at ${batch}x${height}x${width}`)
  t.ok(graph.outputs.length > 0)
}

/** All weights of a graph by name. */
export async function weightsByName(
  graph: Graph,
  weights: Weights,
): Promise<Readonly<Record<string, Float32Array>>> {
  const named: Record<string, Float32Array> = {}
  for (const parameter of parametersOf(graph))
    named[parameter.attributes.name] = await weights.read(parameter)
  return named
}
