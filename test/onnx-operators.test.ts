import t from 'tap'
import { lower } from '../src/build/to-onnx.js'
import { symbolicDimension } from '../src/compiler/dimension.js'
import { type Graph, nodesOf } from '../src/compiler/graph.js'
import { make } from '../src/compiler/make.js'
import type { Origin } from '../src/compiler/node.js'
import type { InputSize } from '../src/compiler/specialise.js'
import { foreign, image, type Model, model } from '../src/index.js'
import { functions } from '../src/onnx/activation.js'
import { operators } from '../src/onnx/operators.js'
import type { TensorData } from '../src/runtime/tensor.js'
import { seeded } from '../src/weights/seeded/seeded.js'
import { emitted, equalsInterpreter, opened, plain, weightsByName } from './support/emitted.js'
import { everyChoice } from './support/every-choice.js'
import { everyKind, everyOwnKind } from './support/every-kind.js'
import { decoded } from './support/onnx-faults.js'

/** Of max |Δ| / max |reference|: ONNX Runtime computes in float32, the interpreter in float64. */
const tolerance = 2e-6
const opsets = [13, 14, 15, 16, 17, 18, 19, 20, 21]

t.test('the networks of these tests have every kind of node and every activation', (t) => {
  const nodes = [everyKind, everyChoice].flatMap(({ graph }) => nodesOf(graph))
  const kinds = new Set<string>(nodes.map(({ kind }) => kind))
  // Passes alone make these, and their tests run them.
  t.same(
    Object.keys(operators).filter((kind) => !kinds.has(kind)),
    ['quantize', 'dequantize', 'pad'],
  )
  const names = new Set<string>(
    nodes.map((node) => (node.kind === 'activation' ? node.attributes.function.name : '')),
  )
  t.same(
    Object.keys(functions).filter((name) => !names.has(name)),
    [],
  )
  t.end()
})

for (const opset of opsets)
  t.test(`at opset ${opset} every kind computes in ONNX Runtime what it means`, async (t) => {
    const { plain: graph } = plain(everyKind, { batch: 2 })
    const { bytes } = await emitted(t, graph, { opset })
    const session = await opened(t, bytes)
    const weights = await weightsByName(graph, seeded(graph, 0))
    await equalsInterpreter(t, session, everyOwnKind, [2, 7, 12], weights, tolerance)
  })

for (const opset of [16, 17, 18, 21])
  t.test(
    `at opset ${opset} what chooses boxes computes in ONNX Runtime what it means`,
    async (t) => {
      const { plain: graph } = plain(everyChoice)
      const { bytes } = await emitted(t, graph, { opset })
      const session = await opened(t, bytes)
      const weights = await weightsByName(graph, seeded(graph, 0))
      await equalsInterpreter(t, session, everyChoice, [1, 7, 12], weights, tolerance)
    },
  )

t.test('what chooses boxes is refused at open sizes, in batches and before opset 16', (t) => {
  const refused = (rule: string, size: Partial<InputSize>, opset = 17): void => {
    const emission = (): unknown => {
      const { plain: graph } = plain(everyChoice, size)
      return lower(graph, seeded(graph, 0), { opset }).emission()
    }
    t.throws(emission, { name: 'NetworkError', rule })
  }
  refused('open-size', { height: { multiple: 4 } })
  refused('input-size', { batch: 2 })
  refused('opset', {}, 15)
  t.end()
})

t.test('functions are written as one operator from the opset on that has it', async (t) => {
  const { plain: graph } = plain(everyKind)
  const count = async (opset: number): Promise<Record<string, number>> => {
    const { graph: file } = decoded((await emitted(t, graph, { opset })).bytes)
    const types = (file?.node ?? []).map(({ opType }) => opType)
    const of = (type: string): number => types.filter((each) => each === type).length
    return { HardSwish: of('HardSwish'), Gelu: of('Gelu'), Erf: of('Erf') }
  }
  t.same(await count(13), { HardSwish: 0, Gelu: 0, Erf: 2 })
  t.same(await count(14), { HardSwish: 1, Gelu: 0, Erf: 2 })
  t.same(await count(19), { HardSwish: 1, Gelu: 0, Erf: 2 })
  t.same(await count(20), { HardSwish: 1, Gelu: 2, Erf: 0 })
})

t.test('nearest to the size of a finer level takes floor(x·in/out), at every size', async (t) => {
  const graph = nearestToOther()
  const session = await opened(t, (await emitted(t, graph)).bytes)
  const column = (side: number): TensorData => ({
    data: Float32Array.from({ length: side }, (_, i) => i),
    dims: [1, 1, side, 1],
  })
  const wrong: string[] = []
  for (const factor of [2, 4, 8])
    for (let coarse = 1; coarse <= 40; coarse++)
      for (let fine = factor * (coarse - 1) + 1; fine <= factor * coarse; fine++) {
        const results = await session.run({ coarse: column(coarse), fine: column(fine) })
        const { data } = results.resized as TensorData
        const expected = Array.from({ length: fine }, (_, x) => Math.floor((x * coarse) / fine))
        if (String(data) !== String(expected)) wrong.push(`${coarse} to ${fine}`)
      }
  t.same(wrong, [])
})

/** One column resized to the height of another. */
function nearestToOther(): Graph {
  const from = (path: string): Origin => ({ path, place: undefined })
  const [coarse, fine] = ['coarse', 'fine'].map((name) =>
    make(
      'input',
      {},
      { name, type: { element: 'float32', shape: [1, 1, symbolicDimension(name), 1] } },
      from(name),
    ),
  ) as [ReturnType<typeof make<'input'>>, ReturnType<typeof make<'input'>>]
  const value = make(
    'resize',
    { input: coarse, like: fine },
    { mode: 'nearest', alignCorners: false, times: 1, over: 1 },
    from('resize'),
  )
  return { name: 'nearest', inputs: [coarse, fine], outputs: [{ name: 'resized', value }] }
}

/** Two foreign operators, one after the other. */
function foreigners(...domains: readonly { domain?: string; version?: number }[]): Model {
  return model('foreigners', image(4), (x) => {
    let y = x
    for (const domain of domains)
      [y] = foreign('Relu', {
        ...domain,
        inputs: [y],
        attributes: { least: -(2n ** 63n), most: [2n ** 63n - 1n, -1n, 0n], text: 'ä' },
        results: [{ kind: 'feature', channels: 4, stride: 1 }],
      })
    return { y }
  })
}

t.test('a file imports the domains of its foreign operators, each in one version', async (t) => {
  const imports = async (network: Model): Promise<unknown> => {
    const { opsetImport } = decoded((await emitted(t, plain(network).plain)).bytes)
    return opsetImport.map(({ domain, version }) => [domain, Number(version)])
  }
  const mine = (version: number) => ({ domain: 'my.domain', version })
  t.same(await imports(foreigners({}, mine(3), mine(3))), [
    ['', 17],
    ['my.domain', 3],
  ])
  t.same(await imports(foreigners({ domain: 'ai.onnx', version: 17 })), [['', 17]])
  const refused = (network: Model, message: RegExp): void => {
    const { plain: graph } = plain(network)
    const emission = (): unknown => lower(graph, seeded(graph, 0)).emission()
    t.throws(emission, { name: 'NetworkError', rule: 'foreign-version', message })
  }
  refused(foreigners(mine(3), mine(4)), /version 4 of my\.domain, of which the file has 3/)
  refused(foreigners({ domain: 'ai.onnx', version: 11 }), /build with opset 11/)
})

t.test('whole numbers of foreign attributes keep all their 64 bits', async (t) => {
  const { bytes } = await emitted(t, plain(foreigners({})).plain)
  const attributes = decoded(bytes).graph?.node?.[0]?.attribute ?? []
  const [least, most, text] = attributes
  t.equal(String(least?.i), '-9223372036854775808')
  t.same(most?.ints?.map(String), ['9223372036854775807', '-1', '0'])
  t.equal(Buffer.from(text?.s as Uint8Array).toString(), 'ä')
})
