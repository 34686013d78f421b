import type { Costs } from '../compiler/costs.js'
import type { Pass } from '../compiler/rewrite.js'
import { depthFirstTwice } from '../compiler/running.js'
import { InputError } from '../errors.js'
import { instructionSets } from '../instructions.js'
import { gatherBiases } from '../passes/gather-biases.js'
import { mergeSiblings } from '../passes/merge-siblings.js'
import { orderSums } from '../passes/order-sums.js'
import { padChannels } from '../passes/pad-channels.js'
import { splitResizes } from '../passes/split-resizes.js'
import { splitSiblings } from '../passes/split-siblings.js'
import { nearestOf } from '../spelling.js'
import { counted } from './costs/counted.js'
import { measured } from './costs/table.js'
import { tables } from './costs/tables.js'
import { chunked, folded, narrow, placed } from './lists.js'
import { paying } from './paying.js'
import { everywhere, type Goal, type Target } from './target.js'

/**
 * ONNX Runtime on a CPU, of which one kind pays for what another does not: by what was measured for some set of
 * instructions, as `avx512-amx`; where nobody measured, by what is counted.
 * @throws {InputError} where there are no such instructions.
 */
export function ortCpu(instructions?: string): Target {
  const costs = costsFor(instructions)
  return {
    name: 'ort-cpu',
    what: 'ONNX Runtime on a CPU',
    // onnxruntime 1.30 knows up to 26; heddle writes up to 21.
    opset: everywhere,
    // float16 would be cast back, node by node: onnxruntime has no such kernels on x86.
    precisions: ['float32', 'int8'],
    costs,
    rules: [],
    running: depthFirstTwice,
    session: ({ lowMemory }) => ({ memoryPattern: !lowMemory }),
    passes: (goal) => (goal.precision === 'int8' ? narrow : passes(goal, costs)),
  }
}

function costsFor(instructions: string | undefined): Costs {
  if (instructions !== undefined) expectInstructions(instructions)
  const table = instructions === undefined ? undefined : tables[instructions]
  if (table) return measured(table)
  const whose = instructions ?? 'a processor whose instructions are not known'
  const known = Object.keys(tables).join(', ')
  return {
    ...counted,
    source: `nothing is measured for ${whose}, only for ${known}; so ${counted.source}`,
  }
}

function expectInstructions(name: string): void {
  if ((instructionSets as readonly string[]).includes(name)) return
  throw new InputError({
    problem: `there are no instructions ${name || 'without a name'}`,
    remedy: `Did you mean ${nearestOf(name, instructionSets)}? There are ${instructionSets.join(', ')}.`,
  })
}

/**
 * Sums are ordered once no pass makes or joins any, and their biases gathered where they then stand; chunks are cut
 * from what is left; channels are padded last, where odd widths cost more than zeros.
 */
function passes(goal: Goal, costs: Costs): readonly Pass[] {
  return [
    ...folded,
    ...placed(costs),
    splitResizes(costs),
    paying(mergeSiblings(costs), costs),
    paying(splitSiblings(costs), costs),
    orderSums,
    gatherBiases,
    ...chunked(goal),
    padChannels(costs),
  ]
}
