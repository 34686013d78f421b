import type { BuildOptions } from '../../src/build/build.js'
import type { Pass } from '../../src/compiler/rewrite.js'
import { padChannels } from '../../src/passes/pad-channels.js'
import { pipeline } from '../../src/passes/pipeline.js'
import { portable } from '../../src/targets/portable.js'
import { type Goal, type Target, usualGoal } from '../../src/targets/target.js'
import { eager } from './eager.js'

/** One file that is made of a network, and how it is run. */
export interface Variant {
  readonly id: string
  /** In a line, for people. */
  readonly what: string
  /** What it is built by; nothing for the exporter's own file. */
  readonly build?: Omit<BuildOptions, 'output'>
  readonly memoryPattern: boolean
  /** Whether it computes with float32, so that its output is that of the others. */
  readonly exact: boolean
}

/** Variants that are run in turn with one of them, which each is compared with. */
export interface Group {
  readonly name: 'targets' | 'alone' | 'left out'
  readonly reference: Variant
  readonly members: readonly Variant[]
}

const exported: Variant = {
  id: 'torch',
  what: '`torch.onnx.export` of the authors’ code',
  memoryPattern: true,
  exact: true,
}

function byPasses(id: string, what: string, passes: readonly Pass[]): Variant {
  return { id, what, build: { passes }, memoryPattern: true, exact: true }
}

/** The targets that run on a CPU with onnxruntime-node. */
const targets: readonly Target[] = [portable]
const goals: readonly (readonly [suffix: string, goal: Goal])[] = [['', usualGoal]]

/** Passes that no target has to have: each is measured behind those of `portable`. */
const more: readonly (readonly [id: string, pass: Pass])[] = [
  ['pad-channels to 4', padChannels(4)],
  ['pad-channels to 16', padChannels(16)],
]

function ofTarget(target: Target, suffix: string, goal: Goal): Variant {
  return {
    id: `${target.name}${suffix}`,
    what: target.what,
    build: { passes: target.passes(goal) },
    memoryPattern: target.session(goal).memoryPattern,
    exact: goal.precision === 'float32',
  }
}

function without(passes: readonly Pass[], name: string): readonly Pass[] {
  return passes.filter((pass) => pass.name !== name)
}

const usual = byPasses('portable', 'the passes of every network', pipeline)

/** All that is measured. */
export const groups: readonly Group[] = [
  {
    name: 'targets',
    reference: exported,
    members: [
      byPasses('plain', 'the network as written, without passes', []),
      { ...usual, id: 'portable, weights beside', what: '`--external`', build: { passes: pipeline, external: true } },
      ...targets.flatMap((target) => goals.map(([suffix, goal]) => ofTarget(target, suffix, goal))),
    ],
  },
  {
    name: 'alone',
    reference: usual,
    members: more.map(([id, pass]) =>
      byPasses(`+ ${id}`, `portable, then ${id}`, [...pipeline, pass]),
    ),
  },
  {
    name: 'left out',
    reference: usual,
    members: pipeline.map(({ name }) =>
      byPasses(`− ${name}`, `portable without ${name}`, without(pipeline, name)),
    ),
  },
]
