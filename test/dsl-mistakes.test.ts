import * as heddle from 'heddle'
import t from 'tap'

/**
 * The language as those write in it who come from another one, in a file that nothing type-checks: names
 * and options of any spelling, values of any kind.
 */
type Loose = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>
const h = heddle as unknown as Loose
const nearest = { interpolation: { mode: 'nearest' } }

/** A mistake, the rule that it breaks, and what is said of it. */
type Mistake = readonly [rule: heddle.RuleName, says: string, mistake: (x: unknown) => unknown]

const block = { ...heddle.fourBasic, modules: 1, fusion: h.everyToEvery?.(nearest) }

const mistakes: readonly Mistake[] = [
  ['not-a-list', 'the widths of a split are 2', (x) => h.split?.(x, 2)],
  ['not-a-list', 'the widths of a transition are 18', (x) => h.transition?.([x], 18)],
  ['not-a-list', 'the widths of a transition are undefined', (x) => h.stage?.(2, [x], block)],
  ['not-a-list', 'the widths of branches are undefined', (x) => h.widen?.([x])],
  ['not-a-list', 'the sides of parameter p are 3', () => h.parameter?.('p', 3)],
  [
    'not-a-list',
    'the inputs of foreign operator Erf are',
    (x) => h.foreign?.('Erf', { inputs: x }),
  ],
  [
    'not-a-list',
    'the results of foreign operator Erf are',
    (x) => h.foreign?.('Erf', { inputs: [x] }),
  ],
  ['not-a-tensor', 'concat gets a list of 2', (x) => h.concat?.([x, x])],
  ['not-a-tensor', 'resize gets a list of 2', (x) => h.resize?.(x, [8, 8], { mode: 'nearest' })],
  ['not-a-feature', 'branches are a feature', (x) => h.descend?.(x)],
  ['empty-pyramid', 'a pyramid of 0 branches', () => h.descend?.([])],
  ['consecutive', 'branch 1 has stride 1 after stride 1', (x) => h.widen?.([x, x], [8, 8])],
  ['not-a-function', 'the body of scope “a” is no function', (x) => h.scope?.('a', x)],
  ['not-a-function', 'the body of model net is undefined', () => h.model?.('net', h.image?.(3))],
  ['not-a-function', 'the body of a unit of 3 channels is undefined', () => h.unit?.(3)],
  ['not-a-unit', 'repeat gets a function', (x) => h.repeat?.(3, heddle.basic, x)],
  [
    'not-a-unit',
    'a branch of 3 channels is built of a unit of 18, not of what makes one',
    (x) => h.stage?.(2, [x], { ...block, widths: [3], unit: h.basic?.(18) }),
  ],
  [
    'not-a-fusion',
    'everyToEvery gets 1 branches, not its options',
    (x) => h.stage?.(2, [x], { ...block, widths: [3], fusion: heddle.everyToEvery }),
  ],
  ['not-a-tensor', 'convHead gets undefined', () => h.convHead?.(undefined, 17)],
  ['not-a-tensor', 'denseHead gets undefined', () => h.denseHead?.(undefined, 8, 17)],
  ['option', 'the options of everyToEvery are undefined', () => h.everyToEvery?.()],
  ['option', 'everyToEvery has no option “mode”', () => h.everyToEvery?.({ mode: 'nearest' })],
  ['option', 'a path up has no option “tosize”', () => h.up?.({ ...nearest, tosize: true })],
  ['option', 'the options of a resize are undefined', () => h.up?.({})],
  ['option', 'a head has no option “kernal”', (x) => h.convHead?.(x, 17, { kernal: 3 })],
  ['option', 'a pyramid has no option “channel”', (x) => h.pyramidNeck?.([x], { channel: 3 })],
  ['option', 'the options of a leaky ReLU are 0.1', (x) => h.leakyRelu?.(x, 0.1)],
  ['option', 'a leaky ReLU has no option “slop”', (x) => h.leakyRelu?.(x, { slop: 0.1 })],
  ['option', 'a convolution has no option “toString”', (x) => h.conv?.(x, 3, { toString: 3 })],
  ['option', 'the options of a convolution are 64', (x) => h.conv?.(x, 3, 64, { kernel: 3 })],
  ['option', 'the options of a batch norm are 48', (x) => h.batchNorm?.(x, 48)],
  ['option', 'the options of a connection are undefined', (x) => h.fuse?.([x], [undefined])],
  [
    'option',
    'a connection has no option “via”',
    (x) => h.fuse?.([x], [{ from: 0, to: 0, via: heddle.same }]),
  ],
  ['pool-operator', 'a pyramid pooled by “avg”', (x) => h.pyramidNeck?.([x], { pooling: 'avg' })],
  ['kernel', 'the kernel of a convolution is null', (x) => h.conv?.(x, 3, { kernel: null })],
  ['padding', 'a padding of 1 numbers', (x) => h.conv?.(x, 3, { kernel: 3, padding: [1] })],
  ['padding', 'a padding of 3 numbers', (x) => h.conv?.(x, 3, { kernel: 3, padding: [1, 1, 1] })],
  ['padding', 'a padding of null', (x) => h.conv?.(x, 3, { kernel: 3, padding: null })],
  ['padding', 'a padding of valid', (x) => h.conv?.(x, 3, { kernel: 3, padding: 'valid' })],
  ['flag', 'the bias of a layer is “false”', (x) => h.conv?.(x, 3, { kernel: 3, bias: 'false' })],
  ['flag', 'toSize of a path up is 1', () => h.up?.({ ...nearest, toSize: 1 })],
  [
    'flag',
    'alignCorners of a resize is 0',
    (x) => h.resize?.(x, 2, { mode: 'bilinear', alignCorners: 0 }),
  ],
  [
    'flag',
    'countPadding of an average pooling is “yes”',
    (x) => h.averagePool?.(x, { kernel: 2, stride: 2, countPadding: 'yes' }),
  ],
  [
    'kernel',
    'the kernel of a transposed convolution is a list of 2',
    (x) => h.convTranspose?.(x, 3, { kernel: [2, 2], stride: 1 }),
  ],
  [
    'kernel-parity',
    'a transposed convolution of kernel 2 and stride 1 has no centre',
    (x) => h.convTranspose?.(x, 3, { kernel: 2, stride: 1 }),
  ],
  ['epsilon', 'the epsilon of a batch norm is “1”', (x) => h.batchNorm?.(x, { epsilon: '1' })],
  [
    'tensor-shape',
    'scores of [batch, 2, height*width, height*width] and a tensor of [3, 4, 4]',
    (x) => {
      const own = h.tokens?.(h.conv?.(x, 4, { kernel: 1 }))
      return h.attention?.(own, own, own, { heads: 2, bias: h.relativePositionBias?.(2, 3) })
    },
  ],
  [
    'key-width',
    'a cross-attention of a feature of 3 channels at stride 1 to a feature of 4 channels at stride 1',
    (x) => h.crossAttention?.(x, h.conv?.(x, 4, { kernel: 1 }), x),
  ],
  ['layer-name', 'a parameter is called “undefined”', () => h.parameter?.(undefined, [3])],
  [
    'foreign-kind',
    'a result of Erf is of undefined',
    (x) => h.foreign?.('Erf', { inputs: [x], results: [null] }),
  ],
  ['option', 'the options of a basic unit are null', () => h.basic?.(3, null)],
  ['option', 'hrnetV1 has no option “joint”', () => h.hrnetV1?.(18, { joint: 16 })],
  ['option', 'hrnetV1h has no option “joints”', () => h.hrnetV1h?.(18, { joints: 16 })],
  ['option', 'hrnetV2 has no option “class”', () => h.hrnetV2?.(18, { class: 3 })],
  [
    'option',
    'hrnetV2Landmarks has no option “joint”',
    () => h.hrnetV2Landmarks?.(18, { joint: 3 }),
  ],
  ['option', 'hrnetV2p has no option “fusetosize”', () => h.hrnetV2p?.(18, { fusetosize: true })],
  ['option', 'hrnetTrunk has no option “outputs”', () => h.hrnetTrunk?.(18, { outputs: 'finest' })],
  ['option', 'hrnetFeatures has no option “size”', () => h.hrnetFeatures?.(18, { size: 224 })],
  ['option', 'a classifier has no option “units”', () => h.hrnetCi?.(18, { units: 'bottleneck' })],
  ['option', 'hrnetSmallC has no option “unit”', () => h.hrnetSmallC?.('v1', { unit: 'basic' })],
  [
    'not-a-unit',
    'the branches of a classifier are built of “bottelneck”',
    () => h.hrnetC?.(18, { unit: 'bottelneck' }),
  ],
  ['stage-number', 'the number of a stage is “two”', (x) => h.stage?.('two', [x], block)],
  [
    'foreign-kind',
    'a result of Erf is of “float”',
    (x) =>
      h.foreign?.('Erf', {
        inputs: [x],
        results: [{ kind: 'tensor', shape: [1], element: 'float' }],
      }),
  ],
  [
    'foreign-attribute',
    'attribute axes of foreign operator Erf is a list of 2',
    (x) => h.foreign?.('Erf', { inputs: [x], results: [], attributes: { axes: [1, 2n] } }),
  ],
  [
    'activation-shape',
    'the activation of branch 0 makes a feature of 3 channels at stride 2',
    (x) =>
      h.fuse?.([x], [{ from: 0, to: 0, path: heddle.same }], {
        activation: (sum: unknown) => h.maxPool?.(sum, { kernel: 2, stride: 2 }),
      }),
  ],
]

t.test('what no type checker saw is refused in the words of the language', async (t) => {
  const image = heddle.image(3)
  for (const [rule, says, mistake] of mistakes) {
    let thrown: unknown
    heddle.model('net', image, (x) => {
      try {
        mistake(x)
      } catch (error) {
        thrown = error
      }
      return { x }
    })
    if (!(thrown instanceof heddle.NetworkError)) {
      t.fail(`${says}: not refused as a mistake`, { thrown })
      continue
    }
    t.equal(thrown.rule, rule, says)
    t.ok(thrown.problem.startsWith(says), thrown.problem)
    t.match(thrown.location?.file, 'dsl-mistakes.test', says)
  }
})

t.test('a list of outputs has no names, and is refused', async (t) => {
  const list = () => h.model?.('net', heddle.image(3), (x: unknown) => [x])
  t.throws(list, /model net returns a list of 1/)
})
