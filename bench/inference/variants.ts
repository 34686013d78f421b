import type { BuildOptions } from '../../src/build/build.js'
import type { Pass } from '../../src/compiler/rewrite.js'
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
const targets: readonly Target[] = [portable]

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
  ...targets.map((target): Group => {
    const passes = target.passes(usualGoal)
    return {
      name: 'left out',
      reference: byPasses(target.name, passes),
      members: passes.map(({ name }) => byPasses(`− ${name}`, without(passes, name))),
    }
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
    build: { passes: target.passes(goal), precision, external: lowMemory },
    memoryPattern: target.session(goal).memoryPattern,
    exact: precision === 'float32',
    inTwo: true,
  }
}

function without(passes: readonly Pass[], name: string): readonly Pass[] {
  return passes.filter((pass) => pass.name !== name)
}
