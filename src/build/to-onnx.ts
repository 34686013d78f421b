import { expectTensorsFit, trainedCount } from '../analysis/footprint.js'
import { type Compilation, compile, compileFurther, type PassReport } from '../compile.js'
import type { Graph } from '../compiler/graph.js'
import type { Constant } from '../compiler/node.js'
import type { Pass } from '../compiler/rewrite.js'
import { type InputSize, printSide } from '../compiler/specialise.js'
import type { Model } from '../dsl/model.js'
import { InputError } from '../errors.js'
import { printBytes } from '../figures.js'
import { type Emission, type EmitOptions, emit } from '../onnx/emit.js'
import { narrowToFloat16 } from '../passes/narrow-to-float16.js'
import { expectOptions } from '../targets/expect.js'
import { portable } from '../targets/portable.js'
import { streamsOf } from '../targets/streams.js'
import type { Precision, Target } from '../targets/target.js'
import { version } from '../version.js'
import { type Evaluated, evaluate } from '../weights/evaluate.js'
import { seeded } from '../weights/seeded/seeded.js'
import { copied, type Weights } from '../weights/source.js'
import { endsOf } from './ends.js'

type LowerOptions = Omit<EmitOptions, 'producerVersion' | 'external'>

/** A graph as ONNX that is not written yet, and where the values of its constants come from. */
export interface Lowered {
  /** In one file, or with its data at another location, relative to the file. */
  emission(external?: string): Emission
  read(constant: Constant): Promise<Evaluated>
}

/** What protobuf can hold in one message. */
const message = 2 ** 31 - 1

/** @throws {InputError} where a model is larger than one message can be. */
export function expectOneMessage(what: string, size: number, remedy: string): void {
  if (size > message)
    throw new InputError({
      problem: `${what} would be ${printBytes(size)} in one file, which holds at most ${printBytes(message)}`,
      remedy,
    })
}

export function lower(graph: Graph, weights: Weights, options: LowerOptions = {}): Lowered {
  return {
    emission: (external) =>
      emit(graph, {
        ...options,
        producerVersion: version,
        ...(external === undefined ? {} : { external }),
      }),
    read: (constant) => evaluate(constant, weights),
  }
}

export interface OnnxOptions {
  /** Batch, height and width, each a number or free (one image of the model's own size). */
  readonly size?: Partial<InputSize> | undefined
  /** What it goes through, in place of the target's passes. */
  readonly passes?: readonly Pass[] | undefined
  /** The runtime that it is for (`targets.portable`). */
  readonly target?: Target | undefined
  /** Whether memory counts for more than time. */
  readonly lowMemory?: boolean | undefined
  /** Of the numbers that the network computes with (float32); inputs and outputs are the same in all. */
  readonly precision?: Precision | undefined
  /** ONNX's, of those that the target takes (17). */
  readonly opset?: number | undefined
  /** For a GPU: how many operations may run side by side (1). The file then says which run on which stream. */
  readonly streams?: number | undefined
  /** Of the initialisation (0); not with `weights`. */
  readonly seed?: number | undefined
  readonly weights?: Weights | undefined
}

/** A network as an ONNX file that is yet to be made, piece by piece. */
export interface OnnxFile {
  /** Of the whole file. */
  readonly bytes: number
  /** The network's, as written: weights, biases, scales and shifts, before any pass. */
  readonly parameters: number
  /** Of the file. */
  readonly nodes: number
  readonly passes: readonly PassReport[]
  /** The file from its start to its end; each piece is made when it is asked for. */
  chunks(): AsyncIterable<Uint8Array>
}

/**
 * Compiles a network to ONNX in one file, without Node and without a disk: the same bytes as `build` writes.
 * @throws {NetworkError} where the network does not take the size.
 * @throws {InputError} where an option is out of range, the file would be larger than one can be, or int8 is asked
 * for: its ranges are learnt by running the network, which `build` does.
 */
export function toOnnx(model: Model, options: OnnxOptions = {}): OnnxFile {
  if (options.precision === 'int8')
    throw new InputError({
      problem: `${model.name} is asked for in int8, whose ranges are learnt by running it on pictures`,
      remedy: 'Build it in Node (build of heddle/node, heddle build), or ask for float16.',
    })
  const prepared = prepare(model, options)
  const { compilation, weights } = prepared
  const lowered = lower(compilation.graph, weights, loweringOf(model, prepared, options))
  const emission = lowered.emission()
  const remedy = 'Build it in Node, where the weights go into a file of their own.'
  expectOneMessage(model.name, emission.size, remedy)
  return {
    bytes: emission.size,
    parameters: trainedCount(compilation.plain),
    nodes: emission.nodes,
    passes: compilation.passes,
    chunks: () => emission.model(lowered.read),
  }
}

/** A network that is compiled, and its weights. */
export interface Compiled {
  readonly compilation: Compilation
  readonly weights: Weights
  /** What its ranges were learnt from, in int8. */
  readonly calibration?: Calibration
}

/** What a network was run on to learn the ranges of its numbers. */
export interface Calibration {
  readonly images: number
  /** Whether they were made, in the absence of the user's. */
  readonly made: boolean
  /** How many files of the folder were left out, being no pictures; absent where none was. */
  readonly others?: number
}

/**
 * A network compiled for what is asked, but not brought to 8 bits yet: `compileFor` does that. Where the memory is
 * known, no tensor may take more than a part of it.
 */
export function prepare(model: Model, options: OnnxOptions, memory?: number): Compiled {
  const { size, passes, precision = 'float32', lowMemory = false, seed, weights } = options
  const { target = portable, opset, streams } = options
  if (weights && seed !== undefined)
    throw new InputError({
      problem: `a seed (${seed}) together with weights (${weights.label})`,
      remedy: 'Give one of them.',
    })
  expectOptions(target, { opset, precision, streams })
  const goal = { precision, lowMemory }
  const exact = compile(model, { target, goal, ...(size && { size }), ...(passes && { passes }) })
  expectTensorsFit(exact.plain, memory)
  const compilation = precision === 'float16' ? compileFurther(exact, [narrowToFloat16]) : exact
  return { compilation, weights: weights ? copied(weights) : seeded(exact.plain, seed ?? 0) }
}

/** What a file says of itself, and how it is written. */
export function loweringOf(
  model: Model,
  { compilation, weights, calibration }: Compiled,
  { opset, precision = 'float32', streams = 1 }: OnnxOptions,
): LowerOptions {
  const { target, goal } = compilation
  const { batch, height, width } = compilation.size
  const metadata = {
    model: model.name,
    weights: weights.label,
    input: [batch, height, width].map(printSide).join('x'),
    passes: compilation.passes.map(({ name }) => name).join(', ') || 'none',
    precision,
    target: target.name,
    session: JSON.stringify(target.session(goal)),
    ...(calibration && {
      calibration: JSON.stringify({ images: calibration.images, made: calibration.made }),
    }),
    ...endsOf(model),
  }
  return {
    opset: opset ?? target.opset.usual,
    metadata,
    ...(streams > 1 && { streams: streamsOf(compilation.graph, streams, target.costs) }),
  }
}
