import { type CompileForOptions, compileFor } from '../build/compile-for.js'
import type { Compiled } from '../build/to-onnx.js'
import type { Compilation } from '../compile.js'
import type { InputSize } from '../compiler/specialise.js'
import type { Model } from '../dsl/model.js'
import { NetworkError } from '../errors.js'
import type { TensorData } from '../runtime/tensor.js'
import { planRun, type RunPlan } from './run-size.js'

interface CompileRunOptions extends CompileForOptions {
  readonly input?: TensorData | undefined
}

/** A network compiled at the size of its run, and what is to be checked there. */
export interface CompiledRun extends Compiled {
  readonly plan: RunPlan
  /** Compiled for what is asked for: the same where no side is free. */
  readonly candidate: Compilation
}

/**
 * Compiles a network for the run that is planned. `seed` is of the weights where none are given.
 * @throws {NetworkError} where it does not take the size.
 */
export async function compileRun(
  model: Model,
  { input, ...options }: CompileRunOptions,
): Promise<CompiledRun> {
  const { size, weights, seed } = options
  const compiled = async (plan: RunPlan): Promise<CompiledRun> => {
    const at = (size: InputSize): Promise<Compiled> =>
      compileFor(model, { ...options, seed: weights ? undefined : seed, size })
    const free = Object.values(plan.asked).some((side) => typeof side !== 'number')
    // First, so that a refusal is of the size that was asked for.
    const asked = free ? await at(plan.asked) : undefined
    const run = await at(plan.run)
    return { ...run, plan, candidate: (asked ?? run).compilation }
  }
  const plan = planRun(model, size, input)
  const stated = size?.height !== undefined || size?.width !== undefined
  try {
    return await compiled(plan)
  } catch (error) {
    if (!(error instanceof NetworkError) || !plan.chosen || stated) throw error
    // A size of heddle's choosing that does not fit: the model's own default then.
    const [height, width] = model.image.size
    const own = { height, width }
    return compiled({ ...plan, asked: { ...plan.asked, ...own }, run: { ...plan.run, ...own } })
  }
}
