import { countGraph } from '../src/analysis/count.js'
import { lower } from '../src/build/to-onnx.js'
import { elementCount } from '../src/compiler/dimension.js'
import { type Graph, operationsOf } from '../src/compiler/graph.js'
import { interpret } from '../src/compiler/interpret.js'
import { print } from '../src/compiler/print.js'
import { specialise } from '../src/compiler/specialise.js'
import { validate } from '../src/compiler/validate.js'
import {
  add,
  basic,
  conv,
  convBn,
  everyToEvery,
  type Feature,
  image,
  type Model,
  model,
  relu,
  stage,
} from '../src/index.js'
import { pipeline } from '../src/passes/pipeline.js'
import { seeded } from '../src/weights/seeded/seeded.js'

/** Networks of any number of operations: as deep as they are large, or with branches and fusion. */
export const grown: Readonly<Record<'chain' | 'grid', (operations: number) => Model>> = {
  chain: (operations) =>
    model('chain', image(2), (x) => {
      let y: Feature<2, 1> = x
      for (let n = 0; n < operations; n += 4) y = add(relu(convBn(y, 2, { kernel: 1 })), y)
      return { y }
    }),
  grid: (operations) =>
    model('grid', image(2), (x) => {
      const start = conv(x, 2, { kernel: 1 })
      const modules = Math.ceil(operations / operationsOfModule)
      const [y] = stage(2, [start], { widths: [2, 4], units: 1, unit: basic, modules, fusion })
      return { y }
    }),
}

/** Two basic units and the fusion of two branches. */
const operationsOfModule = 23
const fusion = everyToEvery({ interpolation: { mode: 'nearest' } })

/** Takes the time of a phase, or just runs it. */
export type Lap = <T>(phase: string, work: () => T | Promise<T>) => Promise<T>

/** Takes a network through everything that is done to one; the graphs before and after the passes, and the file's size. */
export async function everything(
  write: () => Model,
  lap: Lap,
): Promise<{ readonly plain: Graph; readonly graph: Graph; readonly bytes: number }> {
  const network = await lap('write', write)
  const size = { batch: 1, height: 4, width: 4 }
  const plain = await lap('specialise', () => specialise(network.graph, size))
  await lap('validate', () => validate(plain))
  let graph = plain
  for (const pass of pipeline) {
    const before = graph
    graph = await lap(pass.name, () => pass.run(before).graph)
  }
  await lap('count', () => countGraph(plain))
  await lap('print', () => print(graph))
  const weights = await lap('plan weights', () => seeded(plain, 0))
  const lowered = lower(graph, weights)
  const emission = await lap('emit', () => lowered.emission())
  const bytes = await lap('make bytes', async () => {
    let made = 0
    for await (const chunk of emission.model(lowered.read)) made += chunk.length
    return made
  })
  const feeds = new Map([['image', new Float64Array(2 * 4 * 4).fill(1)]])
  await lap('interpret', () =>
    interpret(plain, feeds, ({ type }) =>
      new Float64Array(elementCount(type.shape) as number).fill(0.1),
    ),
  )
  return { plain, graph, bytes }
}

/** How many operations a network has. */
export function operations({ graph }: Model): number {
  return operationsOf(graph).length
}
