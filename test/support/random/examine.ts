import fc from 'fast-check'
import { compile } from '../../../src/compile.js'
import type { Pass } from '../../../src/compiler/rewrite.js'
import { quantize } from '../../../src/passes/quantize.js'
import { targets } from '../../../src/targets/targets.js'
import { chance, everyPass, never } from '../every-pass.js'
import { meaning } from '../meaning.js'
import { nothingKnown, passesHold, rangesOf, targetsHold } from './holds.js'
import { networkOf } from './network.js'
import { everything, type Recipe, recipes } from './recipe.js'
import { runtimeHolds } from './runtime.js'

export interface ExamineOptions {
  /** Of a network; those that follow have the numbers that follow. */
  readonly seed: number
  /** Where in the shrinking of its recipe to begin, as a failure tells it. */
  readonly path?: string | undefined
  /** Whether ONNX Runtime runs it too. */
  readonly runtime?: boolean
  /** In place of all there are. */
  readonly passes?: readonly Pass[]
}

/** A network on which something does not hold, shrunk. */
export interface Failure {
  readonly seed: number
  readonly path: string
  readonly problem: string
  /** The shrunk network, as a file of a user's. */
  readonly source: string
}

/**
 * Takes the network of a seed through every pass alone, as it is written and as the pipeline leaves it, and through
 * every target; a failure is shrunk.
 */
export async function examine(options: ExamineOptions): Promise<Failure | undefined> {
  const { seed, path, runtime = false, passes } = options
  const holds = fc.asyncProperty(recipes(everything), async (recipe) => {
    const network = networkOf(recipe)
    const [valuesOf, known] = [meaning(), nothingKnown()]
    const { graph } = compile(network.model, { size: network.size })
    for (const each of [network.plain, graph])
      passesHold(
        each,
        passes ?? [...everyPass([chance(seed), never]), quantize(rangesOf(each, valuesOf))],
        valuesOf,
        known,
      )
    targetsHold(network, Object.values(targets), valuesOf, known)
    if (!runtime || jumps(recipe)) return
    await runtimeHolds(network.plain, valuesOf)
    await runtimeHolds(graph, valuesOf)
  })
  const shrinking = path === undefined ? {} : { path, endOnFailure: true }
  const told = await fc.check(holds, { seed, numRuns: 1, unbiased: true, ...shrinking })
  if (!told.failed) return undefined
  const [recipe] = told.counterexample as [Recipe]
  const error = told.errorInstance
  const problem = error instanceof Error ? error.message : String(error)
  return {
    seed,
    path: told.counterexamplePath ?? '',
    problem,
    source: networkOf(recipe).source,
  }
}

/** Two runs that round otherwise may part at a step that jumps. */
function jumps({ steps }: Recipe): boolean {
  return steps.some(({ layer }) => layer === 'whole' || layer === 'best')
}

/** A failure as a person is told, and how to come back to it. */
export function printFailure({ seed, path, problem, source }: Failure): string {
  return [
    `the network of seed ${seed}: ${problem}`,
    'shrunk to',
    source,
    `once more: npm run random -- --seed ${seed} --count 1 --path ${path}`,
  ].join('\n\n')
}
