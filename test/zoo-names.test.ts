import t from 'tap'
import { print } from '../src/compiler/print.js'
import { InputError } from '../src/errors.js'
import { hrnetC, hrnetFeatures, hrnetTrunk, hrnetV1, hrnetV1h, hrnetV2p } from '../src/index.js'
import type { ZooOptions } from '../src/models/family.js'
import { families, zooModel } from '../src/models/zoo.js'

function refusal(name: string, options?: ZooOptions): string {
  try {
    zooModel(name, options)
  } catch (error) {
    if (error instanceof InputError) return error.message
    throw error
  }
  return 'accepted'
}

t.test('what the registry says of a family is what its network does', async (t) => {
  for (const { name, size, outputs, defaults, make } of families) {
    const width = name.includes('{C}') ? 8 : undefined
    const model = make(width)
    t.equal(model.name, name.replace('{C}', '8'))
    t.equal(zooModel(model.name).name, model.name)
    t.same(model.image.size, size)
    t.same(Object.keys(model.outputs), outputs)
    t.equal(print(make(width, defaults).graph), print(model.graph), `${name}: its defaults`)
  }
})

t.test('each option makes another network, or says that it does not apply', async (t) => {
  const other: Required<ZooOptions> = {
    classes: 7,
    joints: 7,
    proposals: 7,
    detections: 5,
    unit: 'bottleneck',
    upsample: 'nearest',
    alignCorners: true,
    fuseToSize: true,
    fuseTwice: true,
    headBias: false,
    finalKernel: 3,
    pooling: 'max',
    shareConv: true,
    stem: 'deep',
    strideFirst: true,
    headConv: true,
    positionBias: false,
  }
  for (const { name, options, defaults, make } of families)
    for (const [option, value] of Object.entries(other)) {
      const width = name.includes('{C}') ? 8 : undefined
      const opposite = option === 'upsample' ? 'bilinear' : !value
      const flipped = value === defaults[option as keyof ZooOptions] ? opposite : value
      const fusing = defaults.upsample !== undefined || option === 'upsample'
      const upsample = /^(?:alignCorners|fuseTwice)$/.test(option) ? 'bilinear' : 'nearest'
      const asked: ZooOptions = { ...(fusing ? { upsample } : {}), [option]: flipped }
      const base = { upsample: option === 'upsample' ? defaults.upsample : asked.upsample }
      if (options.includes(option as keyof ZooOptions))
        t.not(print(make(width, asked).graph), print(make(width, base).graph), `${name} ${option}`)
      else t.throws(() => make(width, asked), InputError)
    }
})

t.test('an unknown name gets the nearest', async (t) => {
  t.match(refusal('hrnetv2_w48'), 'Did you mean hrnet-v2-w48?')
  t.match(refusal('HRNet-W32-C'), 'Did you mean hrnet-w32-c?')
  t.match(refusal('hrnet-small-v3-c'), /Did you mean hrnet-small-v\d-c\?/)
  for (const name of ['', 'constructor', 'hrnet-v2-w', 'hrnet-v2-w48-x', 'hrnet-v2-w48/../x'])
    t.match(refusal(name), `there is no network “${name}”`)
})

t.test('a width that is none is told with what a width is', async (t) => {
  for (const width of ['0', '01', '-3', '1.5', '1e3', '1048577', '99999999999999999999'])
    t.match(
      refusal(`hrnet-v2-w${width}`),
      `has a width of ${width}\n  A width is a whole number from 1 to 1048576`,
    )
  t.match(refusal('hrnet-w18-c', { unit: 'bottleneck' }), 'Take 16 or 20.')
  t.match(refusal('hrnet-w3-ci', { unit: 'bottleneck' }), 'Take 4.')
  t.match(refusal('u-hrnet-w7'), 'it takes a multiple of 2\n  Take 6 or 8.')
})

t.test('an option that does not apply names those that do', async (t) => {
  t.match(
    refusal('hrnet-v2-w48', { joints: 17 }),
    '--joints does not apply to hrnet-v2-w48\n  It takes --classes, --upsample, --align-corners, --fuse-to-size, --fuse-twice, --head-bias, --final-kernel.',
  )
  t.match(refusal('hrnet-v2-small-v1', { unit: 'basic' }), '--unit does not apply')
  t.match(refusal('hrnet-v1-w32', { alignCorners: true }), 'nearest neighbour only')
  t.equal(refusal('hrnet-v1-w32', { alignCorners: true, upsample: 'bilinear' }), 'accepted')
  t.equal(refusal('hrnet-v2-w8', { alignCorners: true, upsample: 'nearest' }), 'accepted')
  t.match(
    refusal('hrnet-v2-w8', { fuseTwice: true, upsample: 'nearest' }),
    'nearest neighbour only',
  )
})

t.test('a value without a meaning is refused, with what it may be', async (t) => {
  for (const classes of [0, -3, 1.5, Number.NaN, 2 ** 31, '19' as unknown as number])
    t.match(refusal('hrnet-v2-w48', { classes }), 'It is a whole number from 1 to 2147483647.')
  t.match(refusal('hrnet-v2-w48', { upsample: 'cubic' as 'nearest' }), 'It is nearest or bilinear.')
  t.match(refusal('hrnet-v2-w48', { finalKernel: 2 as 1 }), 'It is 1 or 3.')
  t.match(refusal('hrnet-v2p-w8', { pooling: 'avg' as 'max' }), 'It is average or max.')
  t.match(refusal('hrnet-v2-w48', { fuseToSize: 1 as unknown as true }), 'It is true or false.')
})

t.test(
  'aligned corners are refused of what resizes by nearest alone, by name and as functions',
  (t) => {
    const options = { alignCorners: true }
    const refused = (make: () => unknown) =>
      t.throws(make, { name: 'InputError', message: /resizes by nearest neighbour only/ })
    refused(() => hrnetV1(1, options))
    refused(() => hrnetV1h(1, { ...options, upsample: 'nearest' }))
    refused(() => hrnetC(1, options))
    refused(() => hrnetTrunk(1, options))
    refused(() => hrnetFeatures(1, options))
    refused(() => zooModel('hrnet-v1-w1', options))
    t.ok(hrnetV1(1, { ...options, upsample: 'bilinear' }))
    t.ok(hrnetV2p(1, options), 'its neck is bilinear')
    t.end()
  },
)
