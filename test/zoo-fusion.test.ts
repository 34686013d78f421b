import t from 'tap'
import { withGraph } from '../src/build/open-graph.js'
import { compile } from '../src/compile.js'
import { nodesOf, parametersOf } from '../src/compiler/graph.js'
import { interpret } from '../src/compiler/interpret.js'
import type { Model } from '../src/dsl/model.js'
import type { ZooOptions } from '../src/models/family.js'
import { families, zooModel } from '../src/models/zoo.js'
import { compare } from '../src/runtime/compare.js'
import { seededInput } from '../src/runtime/inputs.js'
import type { TensorData } from '../src/runtime/tensor.js'
import { runTolerance } from '../src/verify/limits.js'
import { smallSize } from '../src/verify/run-size.js'
import { seeded } from '../src/weights/seeded/seeded.js'
import { equalsAsWritten } from './support/as-written.js'

t.test(
  'inputs, classes, joints and fusion are what the authors’ code has, unless asked for',
  async (t) => {
    const fusing = families.filter(({ defaults }) => defaults.upsample)
    const fusions = fusing.map(({ name, size, make }) => {
      const { graph, image } = make(name.includes('{C}') ? 8 : undefined)
      t.same(image.size, size)
      const modes = new Set<string>()
      for (const { kind, attributes, origin } of nodesOf(graph))
        if (kind === 'resize' && origin.path.includes('fuse_layers'))
          modes.add(`${attributes.mode}${attributes.alignCorners ? ', corners aligned' : ''}`)
      const mode = [...modes].join(' and ')
      const channels = graph.outputs[0]?.value.type.shape[1]
      return `${name} ${size.join('x')} ${mode} ${channels}`
    })
    t.same(fusions, [
      'hrnet-v1-w{C} 256x192 nearest 17',
      'hrnet-v1h-w{C} 1024x2048 bilinear 19',
      'hrnet-v2-w{C} 1024x2048 bilinear 19',
      'hrnet-v2-landmarks-w{C} 256x256 bilinear 19',
      'hrnet-v2p-w{C} 800x1216 nearest 256',
      'hrnet-w{C}-c 224x224 nearest 1000',
      'hrnet-w{C}-ci 224x224 nearest 1000',
      'hrnet-w{C}-cii 224x224 nearest 1000',
      'hrnet-small-v1-c 224x224 nearest 1000',
      'hrnet-small-v2-c 224x224 nearest 1000',
      'hrnet-v2-small-v1 1024x2048 bilinear 19',
      'hrnet-v2-small-v2 1024x2048 bilinear 19',
      'hrnet-w{C}-trunk 224x224 nearest 8',
      'hrnet-w{C}-features 224x224 nearest 64',
      'faster-rcnn-hrnet-v2p-w{C} 800x1216 nearest 4',
      'mask-rcnn-hrnet-v2p-w{C} 800x1216 nearest 4',
      'cascade-rcnn-hrnet-v2p-w{C} 800x1216 nearest 4',
      'hrnet-ocr-w{C} 1024x2048 bilinear, corners aligned 19',
      'higher-hrnet-w{C} 512x512 nearest 34',
    ])
  },
)

/** What ONNX Runtime makes of a network as written, and what it means in float64. */
async function outputsOf(
  model: Model,
  side: number,
): Promise<Record<'runtime' | 'meant', TensorData>> {
  const { plain } = compile(model, { size: { height: side, width: side }, passes: [] })
  const weights = seeded(plain, 0)
  const dims = [1, 3, side, side]
  const image = { data: seededInput(3 * side * side, 0), dims }
  const results = await withGraph(plain, weights, { optimize: false }, ({ session }) =>
    session.run({ image }),
  )
  const values = interpret(plain, new Map([['image', image.data]]), (parameter) =>
    Float64Array.from(weights.read(parameter) as Float32Array),
  )
  const [{ name, value } = { name: '' }] = plain.outputs
  const runtime = results[name] as TensorData
  const data = value && values.get(value)
  return { runtime, meant: { data: data as Float64Array, dims: runtime.dims } }
}

const variants: Readonly<Record<string, ZooOptions>> = {
  nearest: { upsample: 'nearest' },
  bilinear: { upsample: 'bilinear' },
  'bilinear, corners aligned': { upsample: 'bilinear', alignCorners: true },
}

for (const name of ['hrnet-v2-small-v1', 'hrnet-v1-w2'])
  t.test(
    `${name}: each way to upsample is ONNX Runtime’s too, and gives other numbers`,
    async (t) => {
      const made: (readonly [string, TensorData])[] = []
      const names = parametersOf(zooModel(name).graph).map((each) => each.attributes.name)
      for (const [title, options] of Object.entries(variants)) {
        const model = zooModel(name, options)
        t.same(
          parametersOf(model.graph).map((each) => each.attributes.name),
          names,
          'of the same parameters',
        )
        const { meant, runtime } = await outputsOf(model, 64)
        const { relative, ok } = compare(title, meant, runtime, runTolerance)
        t.ok(ok, `${title}: relative ${relative}`)
        await equalsAsWritten(t, model, smallSize(model))
        for (const [other, numbers] of made)
          t.ok(compare(title, numbers, runtime, 0).relative > 1e-3, `${title} is not ${other}`)
        made.push([title, runtime])
      }
    },
  )

t.test(
  'fused twice, a network gives other numbers only where a stride does not divide the size',
  async (t) => {
    const [once, twice] = [{}, { fuseTwice: true }].map((options) =>
      zooModel('hrnet-v2-small-v1', options),
    ) as [Model, Model]
    const difference = async (side: number): Promise<number> => {
      const [left, right] = [await outputsOf(once, side), await outputsOf(twice, side)]
      t.ok(compare('', right.meant, right.runtime, runTolerance).ok, `${side} is ONNX Runtime’s`)
      return compare('', left.runtime, right.runtime, 0).relative
    }
    t.equal(await difference(64), 0)
    t.ok((await difference(72)) > 1e-3)
    const compiled = compile(twice, { size: { height: 64, width: 64 } }).graph
    const plain = compile(once, { size: { height: 64, width: 64 } }).graph
    t.equal(
      nodesOf(compiled).length,
      nodesOf(plain).length,
      'and nothing is left of it where it divides',
    )
  },
)

t.test('fused to the target’s size, nearest gives the same numbers where both fit', async (t) => {
  const plain = zooModel('hrnet-v1-w2')
  const fused = zooModel('hrnet-v1-w2', { fuseToSize: true })
  t.ok(nodesOf(plain.graph).every((node) => node.kind !== 'resize' || !node.inputs.like))
  t.ok(nodesOf(fused.graph).every((node) => node.kind !== 'resize' || node.inputs.like))
  const [left, right] = [await outputsOf(plain, 64), await outputsOf(fused, 64)]
  t.same(compare('', left.runtime, right.runtime, 0).maxAbs, 0)
  const odd = await outputsOf(fused, 45)
  t.ok(compare('', odd.meant, odd.runtime, runTolerance).ok, 'and works where the other fails')
})
