import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { compile } from '../src/compile.js'
import { type Graph, parametersOf } from '../src/compiler/graph.js'
import type { Model } from '../src/dsl/model.js'
import type { ZooOptions } from '../src/models/family.js'
import { zooModel } from '../src/models/zoo.js'
import { compare } from '../src/runtime/compare.js'
import type { Tensors } from '../src/runtime/tensor.js'
import { withGraph } from '../src/verify/open-graph.js'
import type { Weights } from '../src/weights/source.js'
import { inplaceAbn, keysOf, ruled, ruledImage } from './support/ruled.js'

/** What test/fixtures/fidelity/make.py recorded of the authors' own code. */
interface Theirs {
  readonly file: string
  readonly network: string
  readonly options: ZooOptions & { readonly inplaceAbn?: boolean }
  readonly size: readonly [number, number]
  readonly outputs: readonly Output[]
  readonly sensitivity: Readonly<Record<'epsilon' | 'mean' | 'variance', number>>
}

interface Output {
  readonly shape: readonly number[]
  /** Which elements are recorded: each `every`-th in row-major order. */
  readonly every: number
  /** How far their own float32 runs are from their float64 run: max |Δ| / max |output|. */
  readonly error: number
}

/** How many times the authors' own error ours may be. */
const limit = 2

const fixtures = new URL('../../test/fixtures/fidelity/', import.meta.url)
const bytes = (name: string): Buffer => readFileSync(new URL(name, fixtures))
const { networks }: { networks: readonly Theirs[] } = JSON.parse(String(bytes('networks.json')))

for (const theirs of networks) {
  const { file, network, options, size, outputs, sensitivity } = theirs
  const title = [network, ...Object.entries(options).map(([key, value]) => `${key} ${value}`)]
  t.test(`${file} (${title.join(', ')}) computes what the authors’ code computes`, async (t) => {
    const { inplaceAbn: absolute, ...asked } = options
    const model = zooModel(network, asked)
    const keys = keysOf(String(gunzipSync(bytes(`${file}.keys.txt.gz`))))
    t.same(
      parametersOf(model.graph)
        .map(({ attributes: { name, shape } }) => `${name} ${shape.join('x')}`)
        .sort(),
      keys.map(({ name, shape }) => `${name} ${shape.join('x')}`).sort(),
      'keys and shapes are the same, none missing, none extra',
    )
    const weights = absolute ? inplaceAbn(model, ruled(keys)) : ruled(keys)
    const references = referencesOf(bytes(`${file}.outputs`), outputs)
    const [height, width] = size
    const { plain, graph } = compile(model, { size: { batch: 1, height, width } })
    for (const [when, each, optimize] of [
      ['before the passes', plain, false],
      ['after them', graph, true],
    ] as const) {
      const results = await run(model, each, weights, size, optimize)
      for (const [i, { name }] of each.outputs.entries()) {
        const { shape, every, error } = outputs[i] as Output
        const { data, dims } = results[name] as { data: Float32Array; dims: readonly number[] }
        t.same(dims, shape)
        const sampled = data.filter((_, at) => at % every === 0)
        const reference = references[i] as Float64Array
        const { relative } = compare(
          name,
          { data: reference, dims: [reference.length] },
          { data: sampled, dims: [sampled.length] },
          limit * error,
        )
        const figures = `${relative.toExponential(1)}, theirs ${error.toExponential(1)}`
        t.ok(relative <= limit * error, `${name} ${when}: ${figures}`)
      }
    }
    const most = limit * Math.max(...outputs.map(({ error }) => error))
    for (const [what, moved] of Object.entries(sensitivity))
      t.ok(moved > 1000 * most, `a forgotten ${what} would move the outputs by ${moved}`)
  })
}

async function run(
  { image }: Model,
  graph: Graph,
  weights: Weights,
  [height, width]: Theirs['size'],
  optimize: boolean,
): Promise<Tensors> {
  const x = { data: ruledImage(height, width), dims: [1, 3, height, width] }
  return withGraph(graph, weights, { optimize }, ({ session }) => session.run({ [image.name]: x }))
}

/** The float64 numbers of a file, little-endian, cut into those of each output. */
function referencesOf(file: Buffer, outputs: readonly Output[]): readonly Float64Array[] {
  let at = 0
  const references = outputs.map(({ shape, every }) => {
    const elements = shape.reduce((a, b) => a * b, 1)
    return Float64Array.from({ length: Math.ceil(elements / every) }, () => {
      at += 8
      return file.readDoubleLE(at - 8)
    })
  })
  if (at !== file.length) throw new Error(`${file.length} bytes of outputs, not ${at}`)
  return references
}
