import t, { type Test } from 'tap'
import { explanationText } from '../src/cli/explain.js'
import { type CompileOptions, compile } from '../src/compile.js'
import { make } from '../src/compiler/make.js'
import type { ElementType } from '../src/compiler/node.js'
import { type Pass, rewrite } from '../src/compiler/rewrite.js'
import { Tensor, type Tensorial } from '../src/dsl/feature.js'
import { functionOrigin } from '../src/dsl/scope.js'
import { InputError, NetworkError } from '../src/errors.js'
import { explain } from '../src/explain.js'
import {
  add,
  argMax,
  averagePool,
  batchNorm,
  conv,
  type Feature,
  foreign,
  image,
  type Model,
  model,
  type Outputs,
  relu,
  toOnnx,
} from '../src/index.js'
import { instructionSets } from '../src/instructions.js'
import { fuseConvolutions } from '../src/passes/fuse-convolutions.js'
import { tables } from '../src/targets/costs/tables.js'
import { ordered } from '../src/targets/lists.js'
import { everyPass, passesNamed } from '../src/targets/named.js'
import { paying } from '../src/targets/paying.js'
import type { Goal, Precision, TargetName } from '../src/targets/target.js'
import { targetOf, targets } from '../src/targets/targets.js'

const size = [8, 8] as const

function net(body: (x: Feature<4, 1>) => Outputs): Model {
  return model('net', image(4, { size, name: 'x' }), body)
}

const plain = net((x) => ({ y: relu(batchNorm(conv(x, 8, { kernel: 3 }))) }))

function cast(x: Tensorial, to: ElementType): Tensor {
  return new Tensor(make('cast', { input: x.value }, { to }, functionOrigin('cast')), x.trace)
}

function operator(x: Feature<4, 1>, name: string, domain: string, times = 1): Feature<4, 1> {
  const [y] = foreign(name, {
    domain,
    ...(domain && { version: 1 }),
    inputs: Array.from({ length: times }, () => x),
    results: [{ kind: 'feature', channels: 4, stride: 1 }],
  })
  return y as Feature<4, 1>
}

function refusedBy(
  t: Test,
  name: TargetName,
  network: Model,
  problem: RegExp,
  passes: readonly Pass[] = [],
): void {
  try {
    compile(network, { target: targets[name], passes })
    t.fail(`${name} takes it`)
  } catch (error) {
    t.ok(error instanceof NetworkError && error.rule === 'target', name)
    const { problem: said, remedy, location } = error as NetworkError
    t.match(said, problem)
    t.match(said, `net does not go to ${name}`)
    t.ok(remedy.length > 0)
    t.match(location?.file, 'targets.test', 'it names the line of the user')
  }
}

t.test(
  'every target takes a plain network, and has passes for each goal that it takes',
  async (t) => {
    for (const [name, target] of Object.entries(targets)) {
      t.equal(target.name, name)
      for (const precision of target.precisions)
        for (const lowMemory of [false, true]) {
          const goal: Goal = { precision, lowMemory }
          const { passes, last, graph } = compile(plain, { target, goal })
          const ordering = ordered(target, goal)
          const waits = precision !== 'float32'
          t.same(
            passes.map((pass) => pass.name),
            [...target.passes(goal), ...(waits ? [] : ordering)].map((pass) => pass.name),
          )
          t.same(
            last.map((pass) => pass.name),
            waits && lowMemory ? ['order-nodes'] : [],
          )
          t.ok(graph.outputs.length === 1)
        }
      t.ok(target.opset.least <= target.opset.usual && target.opset.usual <= target.opset.most)
    }
  },
)

t.test(
  'a rule that a network breaks names the node, where it was written and the remedy',
  async (t) => {
    refusedBy(
      t,
      'opencv',
      net((x) => ({ y: argMax(x) })),
      /argMax makes int64/,
    )
    refusedBy(
      t,
      'opencv',
      net((x) => ({ y: cast(x, 'uint8') })),
      /float32 are cast to uint8/,
    )
    const counting = net((x) => ({
      y: averagePool(x, { kernel: 3, stride: 1, countPadding: true }),
    }))
    refusedBy(t, 'opencv', counting, /counts its zeros/)
    const other = net((x) => ({ y: operator(x, 'QuickGelu', 'com.microsoft') }))
    refusedBy(t, 'opencv', other, /QuickGelu is an operator of com.microsoft/)
    refusedBy(t, 'tensorrt', other, /QuickGelu is an operator of com.microsoft/)
    refusedBy(
      t,
      'tensorrt',
      net((x) => ({ y: cast(x, 'float64') })),
      /cast makes float64/,
    )
    const bytes = net((x) => ({ y: relu(operator(x, 'Relu', '')), z: widened(cast(x, 'uint8')) }))
    refusedBy(t, 'tensorrt', bytes, /transpose reads uint8/)
    const parts = net((x) => ({ y: relu(x), z: halved(cast(x, 'uint8')) }))
    refusedBy(t, 'tensorrt', parts, /split reads uint8/)
    const results = [{ kind: 'tensor', shape: [4] }] as const
    const own = net((x) => {
      const inputs = [cast(x, 'uint8')]
      return { y: foreign('Own', { domain: 'trt.plugins', version: 1, inputs, results })[0] }
    })
    refusedBy(t, 'tensorrt', own, /Own reads uint8/)
    refusedBy(
      t,
      'ort-web',
      net((x) => ({ y: cast(x, 'float64') })),
      /cast makes float64/,
    )
    const summed = net((x) => ({ y: operator(x, 'FusedConv', 'com.microsoft', 4) }))
    refusedBy(t, 'ort-web', summed, /FusedConv has 4 operands/)
    const sixes = net((x) => ({ y: conv(conv(x, 6, { kernel: 1 }), 8, { kernel: 3 }) }))
    refusedBy(t, 'ort-web', sixes, /a convolution of 6 channels to 8 is computed wrongly/)
    t.ok(compile(sixes, { target: targets['ort-web'] }), 'its own passes pad them')
    const layer = (x: Feature<4, 1>) => conv(x, 4, { kernel: 3, bias: true })
    const alone = net((x) => ({ y: relu(layer(x)) }))
    const both = net((x) => ({ y: relu(add(x, layer(x))) }))
    const passes = [fuseConvolutions]
    refusedBy(t, 'ort-web', both, /FusedConv has 4 operands/, passes)
    t.ok(compile(alone, { target: targets['ort-web'], passes }), 'without a sum it is taken')
    refusedBy(t, 'tensorrt', alone, /FusedConv is an operator of com.microsoft/, passes)
    refusedBy(
      t,
      'ort-cuda',
      net((x) => {
        const results = [{ kind: 'tensor', element: 'float16', shape: [4] }] as const
        const half = { domain: 'com.microsoft', version: 1, inputs: [x, x], results }
        return { y: foreign('FusedConv', half)[0] }
      }),
      /FusedConv makes float16/,
    )
    refusedBy(
      t,
      'ort-cuda',
      net((x) => ({ y: operator(x, 'Own', 'mine') })),
      /an operator of mine/,
    )
  },
)

function widened(x: Tensorial): Tensor {
  const order = [0, 2, 3, 1]
  const value = make('transpose', { input: x.value }, { order }, functionOrigin('transpose'))
  return new Tensor(value, x.trace)
}

/** The first half of the channels. */
function halved(x: Tensorial): Tensor {
  const origin = functionOrigin('halved')
  const of = make('split', { input: x.value }, { axis: 1, sizes: [2, 2] }, origin)
  return new Tensor(make('result', { of }, { index: 0 }, origin), x.trace)
}

t.test('what is near a rule, and does not break it, is taken', async (t) => {
  const taken = (name: TargetName, network: Model): void => {
    t.ok(compile(network, { target: targets[name], passes: [] }))
  }
  taken(
    'opencv',
    net((x) => ({ y: averagePool(x, { kernel: 3, stride: 1 }) })),
  )
  const even = net((x) => ({ y: averagePool(x, { kernel: 2, stride: 2, countPadding: true }) }))
  taken('opencv', even)
  taken(
    'opencv',
    net((x) => ({ y: operator(x, 'Relu', '') })),
  )
  const named = net((x) => ({ y: operator(x, 'Relu', 'ai.onnx') }))
  for (const name of ['opencv', 'tensorrt', 'ort-web', 'ort-cuda'] as const) taken(name, named)
  taken(
    'tensorrt',
    net((x) => ({ y: argMax(x) })),
  )
  taken(
    'tensorrt',
    net((x) => ({ y: halved(cast(cast(x, 'uint8'), 'float32')) })),
  )
  taken(
    'tensorrt',
    net((x) => ({ y: cast(cast(x, 'uint8'), 'float32') })),
  )
  taken(
    'ort-web',
    net((x) => ({ y: operator(x, 'FusedConv', 'com.microsoft', 3) })),
  )
  taken(
    'ort-web',
    net((x) => {
      const [six, three] = [conv(x, 6, { kernel: 1 }), conv(x, 3, { kernel: 1 })]
      return {
        product: conv(six, 8, { kernel: 1 }),
        odd: conv(six, 5, { kernel: 3 }),
        groups: conv(six, 12, { kernel: 3, groups: 2 }),
        three: conv(three, 8, { kernel: 3 }),
        twelve: conv(conv(x, 12, { kernel: 1 }), 8, { kernel: 3 }),
      }
    }),
  )
  taken(
    'portable',
    net((x) => ({ y: operator(x, 'Own', 'mine') })),
  )
})

t.test('open sizes go anywhere but to OpenCV', async (t) => {
  const open = { batch: { multiple: 1 } }
  t.throws(() => compile(plain, { size: open, target: targets.opencv }), {
    message: /input x is \[batch, 4, 8, 8\], of which 1 sides are open.*\n(?:.*\n)*.*--batch 1/,
  })
  for (const name of ['portable', 'ort-cpu', 'ort-cuda', 'ort-web', 'tensorrt'] as const)
    t.ok(compile(plain, { size: open, target: targets[name] }))
})

t.test('an opset, a precision, a target and a pass that are not there are errors', async (t) => {
  t.throws(() => toOnnx(plain, { target: targets.tensorrt, opset: 21 }), {
    message: /^opset 21, and tensorrt takes 13 to 20\n/,
  })
  t.throws(() => toOnnx(plain, { target: targets['ort-cpu'], precision: 'float16' }), InputError)
  t.throws(() => targetOf('ort-cup'), {
    message: /no target ort-cup\n.*mean ort-cpu\? There are portable, /,
  })
  t.throws(() => passesNamed(['split-haed'], targets.portable), {
    message: /no pass split-haed\n.*mean split-head\? There are remove-identities, /,
  })
})

t.test('passes are found by name: each that some target has', async (t) => {
  const all = everyPass(targets.portable.costs).map(({ name }) => name)
  for (const target of Object.values(targets))
    for (const precision of target.precisions)
      for (const { name } of target.passes({ precision, lowMemory: true }))
        t.ok(all.includes(name), name)
  const own = (name: string, precision?: Precision): Pass =>
    passesNamed([name], targets['ort-cpu'], precision)[0] as Pass
  const { passes } = targets['ort-cpu']
  const int8 = passes({ precision: 'int8', lowMemory: false })
  t.equal(
    own('pad-channels', 'int8'),
    int8.at(-1),
    'the target’s own: of 8 bits, to a multiple of 4',
  )
  const { graph } = compile(
    net((x) => ({ y: conv(conv(x, 3, { kernel: 1 }), 4, { kernel: 1 }) })),
    { passes: [] },
  )
  t.not(own('pad-channels', 'int8').run(graph).graph, graph)
  t.equal(own('pad-channels').run(graph).graph, graph, 'and of float32, by costs')
  const named = passesNamed(['share-common', 'fold-batch-norm'], targets.portable)
  t.same(
    compile(plain, { passes: named }).passes.map(({ name }) => name),
    ['share-common', 'fold-batch-norm'],
  )
})

t.test('on a CPU costs are those of its instructions, or counted, and say so', async (t) => {
  t.match(targetOf('ort-cpu', 'avx512-amx').costs, { unit: 'ns', source: /avx512-amx on .*onnx/ })
  t.match(targetOf('ort-cpu', 'neon').costs, {
    unit: 'MACs',
    source: /^nothing is measured for neon, only for avx512-amx; so counted/,
  })
  for (const [instructions, whose] of [
    ['avx2', 'avx2'],
    [undefined, 'a processor whose instructions are not known'],
  ] as const) {
    const explanation = explain(compile(plain, { target: targetOf('ort-cpu', instructions) }))
    const told = `nothing is measured for ${whose}`
    t.ok(explanation.costs.source.startsWith(told), 'an explanation says so, for programs')
    t.ok(
      explanationText(explanation, (title) => title).startsWith(`  ort-cpu, ${told}`),
      'and people',
    )
  }
  t.throws(() => targetOf('ort-cpu', 'avx51'), {
    message:
      /^there are no instructions avx51\n.*mean avx512\? There are avx512-amx, avx512-vnni, /,
  })
  t.same(
    Object.keys(tables).filter((name) => !instructionSets.some((each) => each === name)),
    [],
  )
  t.match(targetOf('ort-cpu').costs.source, /instructions are not known/)
})

t.test(
  'an explanation has what each pass did and gained, those that gain nothing too',
  async (t) => {
    const { cost, passes, costs } = explain(compile(plain))
    t.equal(costs.unit, 'MACs')
    t.ok(passes.every(({ cost }, i) => i === 0 || cost.before === passes[i - 1]?.cost.after))
    t.equal(passes[0]?.cost.before, cost.before)
    t.equal(passes.at(-1)?.cost.after, cost.after)
    const folding = passes.find(({ name }) => name === 'fold-batch-norm')
    t.same(folding?.fired, [{ path: '1', before: 'batchNorm', after: 'conv' }])
    t.ok((folding?.cost.before ?? 0) > (folding?.cost.after ?? 0))
    const idle = passes.find(({ name }) => name === 'merge-resizes')
    t.equal(idle?.cost.before, idle?.cost.after)
  },
)

t.test(
  'where memory counts, an explanation says what the order of the nodes saved, or why there is none',
  async (t) => {
    const waiting = net((x) => {
      const narrow = conv(x, 8, { kernel: 1, name: 'narrow' })
      const wide = relu(conv(x, 32, { kernel: 3, name: 'wide' }))
      return { y: add(narrow, conv(wide, 8, { kernel: 3, name: 'gate' })) }
    })
    const goal = { lowMemory: true }
    const last = (options: Omit<CompileOptions, 'goal'>, network = waiting): string => {
      const explanation = explain(compile(network, { ...options, goal }))
      return explanationText(explanation, (title) => title)
        .split('order-nodes\n')
        .at(-1) as string
    }
    const equation = '    graph = graph, in another order\n'
    t.equal(
      last({}),
      `${equation}    at most 17.4 kB of activations are alive at once, in place of 18.4 kB`,
    )
    const { memory } = explain(compile(waiting, { goal })).passes.at(-1) ?? {}
    t.same(memory, { before: 18432, after: 17408 })
    const alone = net((x) => ({ y: conv(x, 8, { kernel: 1, name: 'only' }) }))
    t.match(
      last({}, alone),
      /declined at only: at most 3.07 kB .* as it stands, 3.07 kB in any order/,
    )
    const open = explain(compile(waiting, { goal, size: { batch: { multiple: 1 } } }))
    t.notOk(open.passes.some(({ memory }) => memory))
    t.match(open.passes.at(-1)?.declined, [
      { reason: /its bytes are not known: input x is of any size/ },
    ])
  },
)

t.test('what a pass does is undone where the whole network costs more', async (t) => {
  const doubled: Pass = {
    name: 'doubled',
    equation: 'relu(x) = relu(relu(x))',
    changes: 'nothing',
    run: (graph) =>
      rewrite(graph, (node) => {
        if (node.kind !== 'activation' || node.inputs.input.kind === 'activation') return undefined
        return make('activation', { input: node }, node.attributes, node.origin)
      }),
  }
  const { graph } = compile(plain, { passes: [] })
  t.not(doubled.run(graph).graph, graph)
  const {
    firings,
    declined,
    graph: after,
    equals,
  } = paying(doubled, targets.portable.costs).run(graph)
  t.equal(after, graph)
  t.same(firings, [])
  t.match(declined, [
    { path: '2', reason: /fired 1 times, the whole network would cost .* in place of/ },
  ])
  t.ok([...equals].every(([old, now]) => old === now))
  const cheap = paying(
    passesNamed(['fold-batch-norm'], targets.portable)[0] as Pass,
    targets.portable.costs,
  )
  t.not(cheap.run(graph).graph, graph, 'what costs less stays')
})
