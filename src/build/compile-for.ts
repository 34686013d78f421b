import { compileFurther } from '../compile.js'
import type { Model } from '../dsl/model.js'
import { InputError } from '../errors.js'
import { quantize } from '../passes/quantize.js'
import type { Progress } from '../progress.js'
import type { TensorData } from '../runtime/tensor.js'
import { calibrate } from './calibrate.js'
import { calibrationImages } from './calibration-images.js'
import { type Compiled, type OnnxOptions, prepare } from './to-onnx.js'

export interface CompileForOptions extends OnnxOptions {
  /** For int8: a folder of pictures, or inputs of the network, from which its ranges are learnt (made pictures). */
  readonly calibrate?: string | readonly TensorData[] | undefined
  /** Ends the work with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  readonly progress?: Progress | undefined
}

/**
 * A network taken all the way to the numbers that it is to compute with: float32, float16, or 8 bits, for which it is
 * run on pictures. What `build` writes and `verify` checks.
 * @throws {NetworkError} where it does not take the size.
 * @throws {InputError} where an option is out of range, there are no pictures, or one does not fit.
 * @throws {RuntimeError} for int8, where onnxruntime-node is missing or fails.
 */
export async function compileFor(
  model: Model,
  options: CompileForOptions,
  memory?: number,
): Promise<Compiled> {
  const { compilation, weights } = prepare(model, options, memory)
  const { precision, calibrate: from, signal, progress } = options
  if (precision !== 'int8') {
    if (from === undefined) return { compilation, weights }
    throw new InputError({
      problem: `pictures for a calibration, and a network in ${precision ?? 'float32'}, which needs none`,
      remedy: 'Ask for int8 (--precision int8), or leave them out (--calibrate).',
    })
  }
  const { size, inputs, images, made, others } = await calibrationImages(
    model,
    compilation.size,
    from,
  )
  const ranges = await calibrate(compilation.graph, weights, { size, inputs, signal, progress })
  const quantized = compileFurther(compilation, [quantize(ranges)])
  return {
    compilation: quantized,
    weights,
    calibration: { images, made, ...(others > 0 && { others }) },
  }
}
