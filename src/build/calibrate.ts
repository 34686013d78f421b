import { type Graph, nodesOf } from '../compiler/graph.js'
import { make } from '../compiler/make.js'
import { isConstant, isValue, placeOf, type Value } from '../compiler/node.js'
import { type InputSize, specialise } from '../compiler/specialise.js'
import { InputError } from '../errors.js'
import type { Range } from '../passes/quantize.js'
import type { Progress } from '../progress.js'
import type { TensorData, Tensors } from '../runtime/tensor.js'
import type { Weights } from '../weights/source.js'
import { withGraph } from './open-graph.js'

export interface CalibrateOptions {
  /** Of each input. */
  readonly size: InputSize
  readonly inputs: readonly (() => Promise<TensorData>)[]
  readonly signal?: AbortSignal | undefined
  readonly progress?: Progress | undefined
}

/**
 * The ranges of all numbers of a network on some inputs: the least and the largest that any of them brings about. They
 * are found within the network as it runs, so that memory holds no more than for a run.
 * @throws {InputError} where one of them is infinite, or no number.
 * @throws {RuntimeError} where onnxruntime-node is missing or fails.
 */
export async function calibrate(
  graph: Graph,
  weights: Weights,
  { size, inputs, signal, progress }: CalibrateOptions,
): Promise<ReadonlyMap<Value, Range>> {
  const { values, measured } = measuring(graph, size)
  const ranges = new Map<Value, Range>()
  const meet = (value: Value, least: number, most: number): void => {
    const known = ranges.get(value) ?? { least, most }
    if (!Number.isFinite(least) || !Number.isFinite(most)) throw unbounded(value, least, most)
    ranges.set(value, {
      least: Math.min(known.least, least),
      most: Math.max(known.most, most),
    })
  }
  const [input] = graph.inputs
  progress?.({ phase: 'calibrate', done: 0, total: inputs.length })
  await withGraph(measured, weights, { optimize: true, signal }, async ({ session }) => {
    for (const [done, load] of inputs.entries()) {
      signal?.throwIfAborted()
      const found = await session.run({ [input?.attributes.name as string]: await load() })
      for (const [i, value] of values.entries())
        meet(value, numberIn(found, `${i}.least`), numberIn(found, `${i}.most`))
      progress?.({ phase: 'calibrate', done: done + 1, total: inputs.length })
    }
  })
  return ranges
}

/** What is to be known the range of, and a network at a size whose outputs are the two ends of each. */
function measuring(graph: Graph, size: InputSize): { values: readonly Value[]; measured: Graph } {
  const { name, inputs, outputs } = graph
  const sized = specialise(graph, size)
  // Both in the order of first use, which is the same in both.
  const now = nodesOf(sized)
  const pairs = nodesOf({ name, inputs, outputs }).flatMap((node, i) =>
    isValue(node) && node.type.element === 'float32' && !isConstant(node)
      ? [[node, now[i] as Value] as const]
      : [],
  )
  const ends = pairs.flatMap(([, value], i) => [
    { name: `${i}.least`, value: extreme('ReduceMin', value) },
    { name: `${i}.most`, value: extreme('ReduceMax', value) },
  ])
  return {
    values: pairs.map(([node]) => node),
    measured: { name, inputs: sized.inputs, outputs: ends },
  }
}

function extreme(operator: 'ReduceMin' | 'ReduceMax', value: Value): Value {
  const of = make(
    'foreign',
    { operands: [value] },
    {
      operator,
      domain: '',
      version: 0,
      attributes: { keepdims: 0n },
      results: [{ element: 'float32', shape: [] }],
    },
    value.origin,
  )
  return make('result', { of }, { index: 0 }, value.origin)
}

function numberIn(found: Tensors, name: string): number {
  return Number(found[name]?.data[0])
}

function unbounded(value: Value, least: number, most: number): InputError {
  return new InputError({
    problem: `${value.origin.path} takes numbers from ${least} to ${most} on the images of the calibration: it has no range`,
    remedy: 'Look at the weights and the images, or build in float32.',
    ...placeOf(value.origin),
  })
}
