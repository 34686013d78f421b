import { type Compilation, compile } from '../compile.js'
import type { Graph } from '../compiler/graph.js'
import type { Pass } from '../compiler/rewrite.js'
import type { InputSize } from '../compiler/specialise.js'
import type { Model } from '../dsl/model.js'
import { NetworkError } from '../errors.js'
import type { TensorData } from '../runtime/tensor.js'
import { planRun, type RunPlan } from './run-size.js'

interface CompileRunOptions {
  readonly size?: Partial<InputSize> | undefined
  readonly input?: TensorData | undefined
  readonly passes?: readonly Pass[] | undefined
}

/** A network compiled at the size of its run, and what is to be checked there. */
export interface CompiledRun {
  readonly plan: RunPlan
  readonly compilation: Compilation
  /** Compiled for what is asked for: the same graph where no side is free. */
  readonly candidate: Graph
}

/**
 * Compiles a network for the run that is planned.
 * @throws {NetworkError} where it does not take the size.
 */
export function compileRun(model: Model, { size, input, passes }: CompileRunOptions): CompiledRun {
  const compiled = (plan: RunPlan): CompiledRun => {
    const at = (size: InputSize): Compilation => compile(model, { size, ...(passes && { passes }) })
    const free = Object.values(plan.asked).some((side) => typeof side !== 'number')
    // First, so that a refusal is of the size that was asked for.
    const asked = free ? at(plan.asked) : undefined
    const compilation = at(plan.run)
    return { plan, compilation, candidate: (asked ?? compilation).graph }
  }
  const plan = planRun(model, size, input)
  const stated = size?.height !== undefined || size?.width !== undefined
  try {
    return compiled(plan)
  } catch (error) {
    if (!(error instanceof NetworkError) || !plan.chosen || stated) throw error
    // A size of heddle's choosing that does not fit: the model's own default then.
    const [height, width] = model.image.size
    const own = { height, width }
    return compiled({ ...plan, asked: { ...plan.asked, ...own }, run: { ...plan.run, ...own } })
  }
}
