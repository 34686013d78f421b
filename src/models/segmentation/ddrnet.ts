import { basic, bnReluConv, bottleneck, convBn, convBnRelu, sequence } from '../../dsl/blocks.js'
import { expectOneOf, expectOptions } from '../../dsl/expect.js'
import type { Feature } from '../../dsl/feature.js'
import { adaptivePool, add, averagePool, concat, relu, resize } from '../../dsl/layers.js'
import type { Model } from '../../dsl/model.js'
import { scope } from '../../dsl/scope.js'
import type { Step } from '../../dsl/stride.js'
import { type ClassOptions, classOptions, segmentation } from '../defaults.js'
import { ofPhotograph } from '../photograph.js'

/** Width of the stem, units of layers 1 to 4, where the branches meet in layer 3, and the head's width. */
const plans = {
  '23-slim': { width: 32, units: [2, 2, 2, 2], meetings: ['3'], head: 64 },
  '23': { width: 64, units: [2, 2, 2, 2], meetings: ['3'], head: 128 },
  '39': { width: 64, units: [3, 4, 6, 3], meetings: ['3_1', '3_2'], head: 256 },
} as const

/** The branch that stays at 1/8, and the one that goes on down. */
type Two = readonly [fine: Feature, deep: Feature]

const bilinear = { mode: 'bilinear' } as const

/**
 * DDRNet (Hong et al. 2021) for segmentation: a branch that stays at 1/8 and one down to 1/64, which feed one another,
 * and DAPPM on the latter. Class scores at 1/8.
 */
export function ddrnet(
  version: keyof typeof plans,
  options: ClassOptions = {},
): Model<{ logits: Feature<number, 8> }> {
  expectOptions(options, classOptions, 'ddrnet')
  expectOneOf('choice', version, plans, 'the version of a DDRNet is')
  const { classes = segmentation.classes } = options
  const { width, units, meetings, head } = plans[version]
  return ofPhotograph(`ddrnet-${version}`, segmentation, (x) => {
    const halving = { kernel: 3, stride: 2, bias: true } as const
    const start = scope('conv1', () => convBnRelu(convBnRelu(x, width, halving), width, halving))
    const one = layer('layer1', start, width, units[0])
    const two = layer('layer2', relu(one), 2 * width, units[1], 2)
    const three = meetings.reduce(
      (all: Two, name, n) => meet(name, all, 4 * width, units[2] / meetings.length, n > 0 ? 1 : 2),
      [two, two],
    )
    const [fine, deep] = meet('4', three, 8 * width, units[3], 2)
    const detail = scope('layer5_.0', () => widened(fine, 1)) as Feature<number, 8>
    const coarsest = scope('layer5.0', () => widened(deep, 2))
    const context = scope('spp', () => dappm(coarsest, 128, 4 * width))
    const sum = add(detail, resize(context, detail, bilinear))
    const logits = scope('final_layer', () => {
      const inner = bnReluConv(sum, head, { kernel: 3, norm: 'bn1', name: 'conv1' })
      return bnReluConv(inner, classes, { kernel: 1, bias: true, norm: 'bn2', name: 'conv2' })
    })
    return { logits }
  })
}

/** A layer on each branch, then each is added to the other. */
function meet(name: string, [fine, deep]: Two, width: number, units: number, stride: Step): Two {
  const down = layer(`layer${name}`, relu(deep), width, units, stride)
  const along = layer(`layer${name}_`, relu(fine), fine.channels, units)
  const [low, high] = [relu(down), relu(along)]
  const led = scope(`down${name}`, () => {
    const twice = down.stride > 2 * along.stride
    const half = twice ? convBnRelu(high, width / 2, { kernel: 3, stride: 2 }) : high
    return convBn(half, width, { kernel: 3, stride: 2 }) as Feature
  })
  const narrow = scope(`compression${name}`, () => convBn(low, fine.channels, { kernel: 1 }))
  return [add(along, resize(narrow, along, bilinear)), add(down, led)]
}

/** Basic units, the last without its ReLU. */
function layer(name: string, x: Feature, width: number, units: number, stride: Step = 1): Feature {
  const all = Array.from({ length: units }, (_, n) =>
    basic(width, { stride: n === 0 ? stride : 1, relu: n < units - 1 }),
  )
  return scope(name, () => sequence(all, x))
}

/** A bottleneck unit to twice the width. */
function widened(x: Feature, stride: Step): Feature {
  return bottleneck(2 * x.channels, { middle: x.channels, stride, relu: false })(relu(x)) as Feature
}

/** Deep aggregation pyramid pooling: means of ever larger windows, each added to what the one before became. */
function dappm(x: Feature, middle: number, channels: number): Feature {
  let made = scope('scale0', () => bnReluConv(x, middle, { kernel: 1 }))
  const all: [Feature, ...Feature[]] = [made]
  for (const n of [1, 2, 3, 4] as const) {
    const window = { kernel: 2 ** (n + 1) + 1, stride: (2 ** n) as 1, countPadding: true }
    const means = n < 4 ? averagePool(x, { ...window, name: 'pool' }) : adaptivePool(x, [1, 1])
    const options = { kernel: 1, norm: `scale${n}.1`, name: `scale${n}.3` }
    const scale = bnReluConv(means as Feature, middle, options)
    const sum = add(resize(scale, x, bilinear), made)
    made = scope(`process${n}`, () => bnReluConv(sum, middle, { kernel: 3 }))
    all.push(made)
  }
  const joined = scope('compression', () => bnReluConv(concat(...all), channels, { kernel: 1 }))
  return add(
    joined,
    scope('shortcut', () => bnReluConv(x, channels, { kernel: 1 })),
  )
}
