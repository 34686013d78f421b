import { lower } from '../../../src/build/to-onnx.js'
import type { Graph } from '../../../src/compiler/graph.js'
import type { TensorType } from '../../../src/compiler/node.js'
import { print } from '../../../src/compiler/print.js'
import { compare } from '../../../src/runtime/compare.js'
import { openSession } from '../../../src/runtime/session.js'
import type { TensorData } from '../../../src/runtime/tensor.js'
import type { Weights } from '../../../src/weights/source.js'
import { inputNumbers, type meaning, parameterNumbers } from '../meaning.js'
import { inOwnWords } from './own-words.js'

/** Of max |Δ| / max |reference|: ONNX Runtime computes in float32. */
export const float32 = 1e-4

const weights: Weights = {
  label: 'by name',
  read: (parameter) => Float32Array.from(parameterNumbers(parameter)),
}

/**
 * Holds that ONNX Runtime, its optimiser off, computes of a graph what the interpreter does. Whole numbers are not
 * compared: two scores may nearly tie.
 * @throws {Error} with the graph, where an output is another.
 */
export async function runtimeHolds(
  graph: Graph,
  valuesOf: ReturnType<typeof meaning>,
): Promise<void> {
  const lowered = lower(graph, weights)
  const chunks: Uint8Array[] = []
  for await (const chunk of lowered.emission().model(lowered.read)) chunks.push(chunk)
  const session = await openSession(Buffer.concat(chunks), { optimize: false, threads: 1 })
  const feeds = graph.inputs.map(({ attributes: { name, type } }) => [name, fed(name, type)])
  try {
    const results = await session.run(Object.fromEntries(feeds))
    const meant = inOwnWords(graph).graph
    const values = valuesOf(meant)
    for (const { name, value } of meant.outputs) {
      const { element, shape } = value.type
      const reference = { data: values.get(value) as Float64Array, dims: shape as number[] }
      const { ok, note, relative } = compare(name, reference, results[name] as TensorData, float32)
      if (!ok && element.startsWith('float'))
        throw new Error(`ONNX Runtime: ${name} by ${note ?? relative}\n\n${print(graph)}`)
    }
  } finally {
    await session.close()
  }
}

function fed(name: string, type: TensorType): TensorData {
  const numbers = inputNumbers(name, type)
  const dims = type.shape as number[]
  return type.element === 'uint8'
    ? { data: Uint8Array.from(numbers), dims, type: 'uint8' }
    : { data: Float32Array.from(numbers), dims }
}
