import type { Feature } from '../../../src/dsl/feature.js'
import type { Picks } from './picks.js'
import type { Options, Term } from './term.js'
import type { Writer } from './writer.js'

/** One step of a network: what it makes, or nothing where what it needs is not there. */
export type Layer = (w: Writer, p: Picks) => Term | undefined
export type Layers = Readonly<Record<string, Layer>>

export const activations = [
  'relu',
  'relu6',
  'leakyRelu',
  'sigmoid',
  'tanh',
  'hardSigmoid',
  'hardSwish',
  'silu',
  'gelu',
] as const

/** Layers of one map. */
export const layers: Layers = {
  conv: (w, p) => {
    const x = p.map()
    return w.call('conv', x, p.width(), window(p, x.value))
  },
  grouped: (w, p) => {
    const x = p.map()
    const groups = p.one([2, 3, 4].filter((n) => x.value.channels % n === 0).concat(1))
    const width = groups * p.one([2, 1, 3])
    return w.call('conv', x, width, { ...window(p, x.value), groups })
  },
  depthwise: (w, p) => {
    const x = p.map()
    const { channels } = x.value
    const width = channels * p.one([1, 2])
    if (p.rarely(3)) return w.call('depthwise', x, window(p, x.value))
    return w.call('conv', x, width, { ...window(p, x.value), groups: channels })
  },
  dilated: (w, p) => {
    const x = p.map()
    return w.call('conv', x, p.width(), { kernel: p.one([3, 5]), dilation: p.one([2, 3]) })
  },
  convBn: (w, p) => {
    const x = p.map()
    return w.call('convBn', x, p.width(), window(p, x.value))
  },
  convBnRelu: (w, p) => {
    const x = p.map()
    return w.call('convBnRelu', x, p.width(), window(p, x.value))
  },
  transposed: (w, p) => {
    const x = p.map(({ stride }) => stride > 1)
    const stride = p.one([2, 1, 4].filter((step) => x.value.stride % step === 0))
    const groups = p.one([1, x.value.channels])
    const width = groups * p.one([1, 2])
    const kernel = stride + p.one([0, 2, ...(stride > 1 ? [1] : [])])
    return w.call('convTranspose', x, width, { kernel, stride, groups, bias: p.rarely(2) })
  },
  batchNorm: (w, p) => {
    const x = p.map()
    return p.rarely(3) ? w.call('batchNorm', x, { epsilon: 0.1 }) : w.call('batchNorm', x)
  },
  activation: (w, p) => activated(w, p, p.map()),
  maxPool: (w, p) => {
    const x = p.map()
    return w.call('maxPool', x, pooled(p, x.value))
  },
  averagePool: (w, p) => {
    const x = p.map()
    const countPadding = p.rarely(2)
    return w.call('averagePool', x, { ...pooled(p, x.value), countPadding })
  },
  channelShuffle: (w, p) => {
    const x = p.map()
    return w.call(
      'channelShuffle',
      x,
      p.one([2, 3].filter((n) => x.value.channels % n === 0).concat(1)),
    )
  },
  pixelShuffle: (w, p) => {
    const x = p.map(({ channels, stride }) => channels % 4 === 0 && stride > 1)
    const { channels, stride } = x.value
    return channels % 4 === 0 && stride > 1 ? w.call('pixelShuffle', x, 2) : undefined
  },
  split: (w, p) => {
    const x = p.map(({ channels }) => channels > 1)
    const { channels } = x.value
    if (channels < 3 || p.rarely(4)) return w.call('split', x, [channels])
    const [first, rest] = [p.one([1, 2]), p.rarely(2)]
    const parts = [first, channels - first]
    return w.call('split', x, rest && first > 1 ? [1, 1, channels - 2] : parts)
  },
  unit: (w, p) => {
    const x = p.map()
    const [kind, width] = p.one([['basic', p.width()] as const, ['bottleneck', 4] as const])
    const stride = p.one([1, 2].filter((step) => step <= p.room(x.value)))
    const made = (): Term => w.apply(w.call(kind, width, { stride }), x)
    return w.within('scope', `unit${p.step}`, made)
  },
  repeat: (w, p) => {
    const x = p.map()
    const unit = w.call('basic', p.width())
    return w.within('scope', `units${p.step}`, () => w.call('repeat', p.one([1, 2]), unit, x))
  },
  layerNorm: (w, p) => w.call('layerNorm', p.map()),
  softmax: (w, p) => w.call('softmax', p.map()),
  stated: (w, p) => {
    const x = p.map()
    const { channels, stride } = x.value
    return p.rarely(2) ? w.call('stateWidth', x, channels) : w.call('stateStride', x, stride)
  },
}

/** A kernel, a stride and the rest of a convolution that keeps the grid. */
function window(p: Picks, x: Feature): Options {
  const options: readonly Options[] = [
    { kernel: 1 },
    { kernel: 3 },
    { kernel: [1, 3] },
    { kernel: [5, 1] },
    ...coarsening(p, x, { kernel: 3, stride: 2 }),
    ...coarsening(p, x, { kernel: 2, stride: 2 }),
    ...coarsening(p, x, { kernel: 1, stride: 2 }),
    ...coarsening(p, x, { kernel: 3, stride: 4 }),
    ...coarsening(p, x, { kernel: 4, stride: 4, padding: 1 }),
  ]
  const option = p.one(options)
  return p.rarely(3) ? { ...option, bias: true } : option
}

function pooled(p: Picks, x: Feature): Options {
  return p.one([
    { kernel: 3, stride: 1 },
    ...coarsening(p, x, { kernel: 2, stride: 2 }),
    ...coarsening(p, x, { kernel: 3, stride: 2 }),
    { kernel: 1, stride: 1 },
    ...coarsening(p, x, { kernel: 4, stride: 4 }),
  ])
}

function coarsening<O extends { readonly stride: number }>(p: Picks, x: Feature, options: O): O[] {
  return options.stride <= p.room(x) ? [options] : []
}

export function activated<T extends Term>(w: Writer, p: Picks, x: T): T {
  const name = p.one(activations)
  return (
    name === 'leakyRelu' && p.rarely(2) ? w.call(name, x, { slope: -0.5 }) : w.call(name, x)
  ) as T
}
