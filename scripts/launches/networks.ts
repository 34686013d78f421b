import { type Compilation, compile, compileFurther } from '../../src/compile.js'
import { operationsOf } from '../../src/compiler/graph.js'
import type { Kind } from '../../src/compiler/node.js'
import type { Model } from '../../src/dsl/model.js'
import { zooModel } from '../../src/models/zoo.js'
import { narrowToFloat16 } from '../../src/passes/narrow-to-float16.js'
import { type Launches, launchesIn, launchesOf } from '../../src/targets/costs/launches.js'
import type { Precision } from '../../src/targets/target.js'
import { targets } from '../../src/targets/targets.js'

/** A network whose launches are counted. */
export interface Network {
  readonly name: string
  readonly height: number
  readonly width: number
  /** Whether it goes through the passes of ort-cuda. */
  readonly passes: boolean
  readonly precision: Precision
}

/** One of each kind of head as ort-cuda makes it, and what two of them are as written. */
export const networks: readonly Network[] = [
  of('hrnet-v1-w32', 256, 192, false),
  of('hrnet-v1-w32', 256, 192),
  of('hrnet-v1-w32', 256, 192, true, 'float16'),
  of('hrnet-v2-w18', 512, 1024, false),
  of('hrnet-v2-w18', 512, 1024),
  of('hrnet-v2p-w18', 512, 512),
  of('hrnet-w18-c', 224, 224),
]

function of(
  name: string,
  height: number,
  width: number,
  passes = true,
  precision: Precision = 'float32',
): Network {
  return { name, height, width, passes, precision }
}

export function modelOf({ name }: Network): Model {
  return zooModel(name)
}

/** What `build` makes of it for ort-cuda. */
export function compiled(network: Network): Compilation {
  const { height, width, passes, precision } = network
  const compilation = compile(modelOf(network), {
    target: targets['ort-cuda'],
    size: { batch: 1, height, width },
    goal: { precision },
    ...(passes ? {} : { passes: [] }),
  })
  return precision === 'float16' ? compileFurther(compilation, [narrowToFloat16]) : compilation
}

/** Calls of cuDNN and cuBLAS that the stub libraries answer and do not log. */
const silent: ReadonlySet<Kind> = new Set(['pool', 'globalPool', 'linear', 'transpose'])

/** How much of what is launched the stub libraries log. */
export function loggedOf(network: Network): Launches {
  const { graph } = compiled(network)
  const { kernels, copies } = launchesIn(graph)
  const unlogged = operationsOf(graph).filter(({ kind }) => silent.has(kind))
  return { kernels: unlogged.reduce((left, node) => left - launchesOf(node), kernels), copies }
}
