import t, { type Test } from 'tap'
import { nodesOf } from '../src/compiler/graph.js'
import { isConstant, type Value } from '../src/compiler/node.js'
import type { InputSize } from '../src/compiler/specialise.js'
import type { Model } from '../src/dsl/model.js'
import { image, model, resize } from '../src/index.js'
import { hrnetV2 } from '../src/models/hrnet/v2.js'
import { seededInput } from '../src/runtime/inputs.js'
import { seeded } from '../src/weights/seeded/seeded.js'
import { emitted, equalsInterpreter, opened, plain, weightsByName } from './support/emitted.js'
import {
  everyKindOfAnySize,
  everyKindOfMultiples,
  everyOwnKindOfAnySize,
  everyOwnKindOfMultiples,
} from './support/every-kind.js'
import { decoded } from './support/onnx-faults.js'

/** Of max |Δ| / max |reference|; places between pixels are float32 too, and lose digits in long sides. */
const tolerance = 5e-6
const any = { multiple: 1 }
const by3 = { multiple: 3 }
const by32 = { multiple: 32 }

type Run = readonly [batch: number, height: number, width: number]

/** Emits a network once, runs it at several sizes, and holds it to the same network of heddle's own kinds. */
async function runs(
  t: Test,
  network: Model,
  own: Model,
  size: Partial<InputSize>,
  sizes: readonly Run[],
  opset = 17,
): Promise<void> {
  const { plain: graph } = plain(network, size)
  const session = await opened(t, (await emitted(t, graph, { opset })).bytes)
  const weights = await weightsByName(graph, seeded(graph, 0))
  for (const run of sizes) await equalsInterpreter(t, session, own, run, weights, tolerance)
}

for (const opset of [13, 17, 21])
  t.test(`at opset ${opset} one file takes any batch, height and width, even 1`, (t) =>
    runs(
      t,
      everyKindOfAnySize,
      everyOwnKindOfAnySize,
      { batch: any, height: any, width: any },
      [
        [1, 8, 12],
        [2, 7, 5],
        [3, 1, 1],
        [1, 1, 9],
        [1, 33, 2],
      ],
      opset,
    ),
  )

t.test('one file takes any multiples of 32, and any batch', (t) =>
  runs(
    t,
    everyKindOfMultiples,
    everyOwnKindOfMultiples,
    { batch: any, height: by32, width: by32 },
    [
      [1, 32, 32],
      [2, 32, 64],
      [3, 64, 32],
    ],
  ),
)

t.test('fixed sides may be small, or 1, where levels have the same size', async (t) => {
  for (const run of [
    [2, 1, 1],
    [1, 2, 9],
    [1, 1, 12],
  ] as const) {
    const [batch, height, width] = run
    await runs(t, everyKindOfAnySize, everyOwnKindOfAnySize, { batch, height, width }, [run])
  }
})

t.test('one side may be free while the others are fixed', (t) =>
  runs(t, everyKindOfAnySize, everyOwnKindOfAnySize, { batch: 2, height: any, width: 10 }, [
    [2, 3, 10],
    [2, 20, 10],
  ]),
)

t.test('a ratio that leaves a rest is computed when the network runs', async (t) => {
  const network = model('halves', image(4), (x) => ({
    near: resize(x, 2, { mode: 'nearest' }),
    linear: resize(x, 4, { mode: 'bilinear' }),
    corners: resize(x, 2, { mode: 'bilinear', alignCorners: true }),
  }))
  const size = { batch: 1, height: { multiple: 5 }, width: { multiple: 7 } }
  const { plain: graph } = plain(
    model('one', image(4), (x) => ({ y: resize(x, 2, { mode: 'nearest' }) })),
    size,
  )
  const { graph: file } = decoded((await emitted(t, graph)).bytes)
  t.same(
    file?.node?.map(({ name, opType }) => `${opType} ${name}`),
    [
      'Shape /resize/outer_shape',
      'Slice /resize/outer',
      'Shape /resize/inner_shape',
      'Slice /resize/inner',
      'Div /resize/div',
      'Concat /resize/sizes',
      'Resize /resize',
    ],
  )
  await runs(t, network, network, size, [
    [1, 5, 7],
    [1, 15, 14],
  ])
})

/** How often each operator stands in a file, of those that compute sizes. */
async function sizeOperators(t: Test, size: Partial<InputSize>): Promise<Record<string, number>> {
  const { graph } = decoded((await emitted(t, plain(hrnetV2(1), size).plain)).bytes)
  const types = (graph?.node ?? []).map(({ opType }) => opType)
  const of = (type: string): number => types.filter((each) => each === type).length
  return { Resize: of('Resize'), Shape: of('Shape'), Slice: of('Slice'), Concat: of('Concat') }
}

t.test('HRNet over multiples of 32 computes no size; over any size, it does', async (t) => {
  // The one concat is the head's.
  const constant = { Resize: 34, Shape: 0, Slice: 0, Concat: 1 }
  t.same(await sizeOperators(t, {}), constant)
  t.same(await sizeOperators(t, { batch: any, height: by32, width: by32 }), constant)
  t.same(await sizeOperators(t, { height: any, width: any }), {
    Resize: 34,
    Shape: 68,
    Slice: 68,
    Concat: 35,
  })
})

/** `ceil(height/4)` and the like, for an input of some size. */
function sideOf(declared: string, [batch, height, width]: Run): number {
  const names = ['batch', 'height', 'width', 'ceil', 'floor']
  const read = new Function(...names, `return ${declared}`)
  return read(batch, height, width, Math.ceil, Math.floor)
}

/** Runs a network with every value between as an output, and compares what comes with what is stated. */
async function statesShapes(
  t: Test,
  network: Model,
  size: Partial<InputSize>,
  sizes: readonly Run[],
): Promise<void> {
  const { plain: graph } = plain(network, size)
  const features = nodesOf(graph).filter(
    (node): node is Value =>
      !isConstant(node) && !['input', 'split', 'foreign'].includes(node.kind),
  )
  const { bytes } = await emitted(t, graph, { features })
  const stated = new Map(
    decoded(bytes).graph?.output?.map(({ name, type }) => [
      name ?? '',
      (type?.tensorType?.shape?.dim ?? []).map((d) => d.dimParam || String(d.dimValue)),
    ]),
  )
  t.ok(stated.size >= new Set(features).size)
  const session = await opened(t, bytes)
  for (const run of sizes) {
    const [batch, height, width] = run
    const channels = network.image.channels
    const dims = [batch, channels, height, width]
    const image = { data: seededInput(batch * channels * height * width, 0), dims }
    const results = await session.run({ image })
    const wrong = [...stated].flatMap(([name, sides]) => {
      const [real, said] = [results[name]?.dims, sides.map((d) => sideOf(d, run))]
      return String(real) === String(said) ? [] : [`${name}: [${sides}] is ${real}, not ${said}`]
    })
    t.same(wrong, [], `shapes at ${run.join('x')}`)
  }
}

t.test('free sides are stated as what they really become', async (t) => {
  const free = { batch: any, height: any, width: any }
  const sizes: readonly Run[] = [
    [1, 7, 12],
    [2, 33, 1],
  ]
  await statesShapes(t, everyKindOfAnySize, free, sizes)
  await statesShapes(t, hrnetV2(1), free, [[1, 67, 133]])
  await statesShapes(t, everyKindOfMultiples, { batch: any, height: by32, width: by32 }, [
    [2, 64, 32],
  ])
  const odd = { batch: 1, height: { multiple: 2 }, width: by3 }
  await statesShapes(t, everyKindOfAnySize, odd, [[1, 10, 9]])
})
