import type { BuildOptions } from '../../src/build/build.js'
import type { Pass } from '../../src/compiler/rewrite.js'
import { instructionsHere } from '../../src/runtime/instructions.js'
import { ordered } from '../../src/targets/lists.js'
import { ortCpu } from '../../src/targets/ort-cpu.js'
import { portable } from '../../src/targets/portable.js'
import { type Goal, type Target, usualGoal } from '../../src/targets/target.js'
import { alone, usual } from './passes.js'

/** One file that is made of a network, and how it is run. */
export interface Variant {
  readonly id: string
  /** What it is built by; nothing for the exporter's own file. */
  readonly build?: Omit<BuildOptions, 'output'>
  readonly memoryPattern: boolean
  /** Whether it computes with float32, so that its output is that of the others. */
  readonly exact: boolean
  /** Whether it is run in two threads too. */
  readonly inTwo: boolean
}

/** Variants that are run in turn with one of them, which each is compared with. */
export interface Group {
  readonly name: 'targets' | 'alone' | 'left out'
  readonly reference: Variant
  readonly members: readonly Variant[]
}

/** The targets of onnxruntime-node on a CPU. */
const here = ortCpu(instructionsHere())
const targets: readonly Target[] = [portable, here]

const goals: readonly (readonly [suffix: string, goal: Goal])[] = [
  ['', usualGoal],
  [', low memory', { ...usualGoal, lowMemory: true }],
  [', int8', { ...usualGoal, precision: 'int8' }],
]

const exported: Variant = {
  id: 'torch',
  memoryPattern: true,
  exact: true,
  inTwo: true,
}

const plain = byPasses('plain', [])
const reference = byPasses(usual.id, usual.passes)

/** All that is measured. */
export const groups: readonly Group[] = [
  {
    name: 'targets',
    reference: exported,
    members: [
      plain,
      ...targets.flatMap((target) =>
        goals
          .filter(([, { precision }]) => target.precisions.includes(precision))
          .map(([suffix, goal]) => ofTarget(target, suffix, goal)),
      ),
    ],
  },
  {
    name: 'alone',
    reference,
    members: alone.map(({ id, passes }) => byPasses(`+ ${id}`, [...usual.passes, ...passes])),
  },
  ...goals.map(([suffix, goal]): Group => {
    const reference = ofTarget(here, suffix, goal)
    const passes = [...here.passes(goal), ...ordered(here, goal)]
    const without = (name: string): Variant => ({
      ...reference,
      id: `− ${name}`,
      build: { ...reference.build, passes: passes.filter((pass) => pass.name !== name) },
      inTwo: false,
    })
    // For memory, those that are there for it: the others are left out above.
    const own = goal.lowMemory
      ? passes.filter(({ name }) => !here.passes(usualGoal).some((pass) => pass.name === name))
      : passes
    return { name: 'left out', reference, members: own.map(({ name }) => without(name)) }
  }),
]

function byPasses(id: string, passes: readonly Pass[]): Variant {
  return { id, build: { passes }, memoryPattern: true, exact: true, inTwo: false }
}

/** Where memory counts, the weights lie beside the file: a runtime then reads them once. */
function ofTarget(target: Target, suffix: string, goal: Goal): Variant {
  const { precision, lowMemory } = goal
  return {
    id: `${target.name}${suffix}`,
    build: { target, precision, lowMemory, external: lowMemory },
    memoryPattern: target.session(goal).memoryPattern,
    exact: precision === 'float32',
    inTwo: true,
  }
}
