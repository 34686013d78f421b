import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { withGraph } from '../src/build/open-graph.js'
import { epsilonsOf, inPlaceScale } from '../src/checkpoint/norms.js'
import { compile } from '../src/compile.js'
import { parametersOf } from '../src/compiler/graph.js'
import type { Model } from '../src/dsl/model.js'
import { zooModel } from '../src/models/zoo.js'
import type { Weights } from '../src/weights/source.js'
import { keysOf, ruled } from './support/ruled.js'
import { fidelityOf, inputOf, limit, type Theirs } from './support/theirs.js'

interface Fixture extends Theirs {
  readonly file: string
  readonly options: Theirs['options'] & { readonly inplaceAbn?: boolean }
  /** How far the outputs move where every epsilon, every mean or every variance is forgotten. */
  readonly sensitivity: Readonly<Record<'epsilon' | 'mean' | 'variance', number>>
}

const fixtures = new URL('../../test/fixtures/fidelity/', import.meta.url)
const bytes = (name: string): Buffer => readFileSync(new URL(name, fixtures))
const { networks }: { networks: readonly Fixture[] } = JSON.parse(String(bytes('networks.json')))

for (const theirs of networks) {
  const { file, network, options, size, sensitivity } = theirs
  const title = [network, ...Object.entries(options).map(([key, value]) => `${key} ${value}`)]
  t.test(`${file} (${title.join(', ')}) computes what the authors’ code computes`, async (t) => {
    const { inplaceAbn: inPlace, ...asked } = options
    const model = zooModel(network, asked)
    const keys = keysOf(String(gunzipSync(bytes(`${file}.keys.txt.gz`))))
    t.same(
      parametersOf(model.graph)
        .map(({ attributes: { name, shape } }) => `${name} ${shape.join('x')}`)
        .sort(),
      keys.map(({ name, shape }) => `${name} ${shape.join('x')}`).sort(),
      'keys and shapes are the same, none missing, none extra',
    )
    const weights = inPlace ? scaledInPlace(model, ruled(keys)) : ruled(keys)
    const [height, width] = size
    const { plain, graph } = compile(model, { size: { batch: 1, height, width } })
    for (const [when, each, optimize] of [
      ['before the passes', plain, false],
      ['after them', graph, true],
    ] as const) {
      const results = await withGraph(each, weights, { optimize }, ({ session }) =>
        session.run(inputOf(model, theirs)),
      )
      for (const { name, ours, theirs: error, ok } of fidelityOf(
        model,
        results,
        theirs,
        bytes(`${file}.outputs`),
      ))
        t.ok(ok, `${name} ${when}: ${ours.toExponential(1)}, theirs ${error.toExponential(1)}`)
    }
    const most = limit * Math.max(...theirs.outputs.map(({ error }) => error))
    for (const [what, moved] of Object.entries(sensitivity))
      t.ok(moved > 1000 * most, `a forgotten ${what} would move the outputs by ${moved}`)
  })
}

/** The weights of a network that was trained with InPlaceABN (2019). */
function scaledInPlace(model: Model, { label, read }: Weights): Weights {
  const epsilons = epsilonsOf(model)
  return {
    label,
    async read(parameter) {
      const epsilon = epsilons.get(parameter.attributes.name)
      const values = await read(parameter)
      return epsilon === undefined ? values : inPlaceScale(values, epsilon)
    },
  }
}
