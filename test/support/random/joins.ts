import type { Feature, Tokens } from '../../../src/dsl/feature.js'
import { activated, type Layers } from './layers.js'
import { type MapTerm, type Picks, sameSize, type VectorTerm } from './picks.js'
import type { Options, Term } from './term.js'
import type { Writer } from './writer.js'

/** What brings several maps, vectors and parameters together. */
export const joins: Layers = {
  add: (w, p) => {
    const x = p.map()
    return w.call('add', x, ...others(w, p, x))
  },
  multiply: (w, p) => {
    const x = p.map()
    return w.call('multiply', x, ...others(w, p, x))
  },
  concat: (w, p) => {
    const x = p.map()
    const beside = (): MapTerm => p.map((other) => sameSize(other, x.value))
    const parts = [x, beside(), ...(p.rarely(2) ? [beside()] : [])]
    const width = parts.reduce((sum, { value }) => sum + value.channels, 0)
    return width > widest ? undefined : w.call('concat', ...(p.rarely(5) ? [x] : parts))
  },
  addShortcut: (w, p) => {
    const start = p.map()
    const end = p.map(({ stride }) => stride >= start.value.stride)
    const { value: from } = start
    if (end.value.stride < from.stride) return undefined
    return w.within('scope', `shortcut${p.step}`, () => w.call('addShortcut', end, start))
  },
  resizeTo: (w, p) => w.call('resize', p.map(), p.map(), interpolation(p)),
  resizeBy: (w, p) => {
    const stride = p.one([1, 2, 4, 8, 16])
    return w.call('resize', p.map(), stride, interpolation(p))
  },
  adaptiveTo: (w, p) => w.call('adaptivePool', p.map(), p.map()),
  adaptiveContext: (w, p) => {
    const [x, size] = [
      p.map(),
      p.one([
        [1, 1],
        [2, 2],
        [3, 2],
      ]),
    ]
    return w.call('resize', w.call('adaptivePool', x, size), x, interpolation(p))
  },
  tokenAttention: (w, p) => {
    const [x, y] = [p.map(), p.map()]
    const heads = p.one([1, 2])
    const query = w.call<Tokens>('tokens', x)
    const memory = w.bind(`t${p.step}`, w.call<Tokens>('tokens', y))
    const linear = (of: Term<Tokens>, width: number): Term<Tokens> =>
      w.call('linear', of, width, { bias: !p.rarely(2) })
    const operands = [linear(query, 2), linear(memory, 2), linear(memory, p.one([4, 2]))]
    return w.call('feature', w.call('attention', ...operands, { heads }), x)
  },
  windowAttention: (w, p) => {
    const [x, size] = [p.map(), p.one([2, 3, 1])]
    const y = w.bind(`w${p.step}`, w.call<Tokens>('windows', x, size))
    const made = w.within('scope', `positions${p.step}`, () =>
      w.call<Tokens>('attention', y, y, y, { bias: w.call('relativePositionBias', size, 1) }),
    )
    return w.call('fromWindows', made, size, x)
  },
  regions: (w, p) => {
    const [x, classes] = [p.map(), p.one([2, 3])]
    const scores = w.call('conv', x, classes, { kernel: 1 })
    const weights = w.call('softmax', w.call('tokens', scores), 'tokens')
    const regions = w.call('matmul', weights, w.call('tokens', x), { transposeLeft: true })
    const own = w.call<Feature>('feature', regions, [classes, 1])
    return w.call('resize', own, x, interpolation(p))
  },
  upsampleConcat: (w, p) => {
    const branches = p.branches()
    const width = branches.value.reduce((sum, { channels }) => sum + channels, 0)
    if (width > widest) return undefined
    return p.rarely(2)
      ? w.call('upsampleConcat', branches, interpolation(p))
      : w.call('upsampleConcat', branches)
  },
  sharedConv: (w, p) => {
    const x = p.map()
    const other = p.like(x)
    const [width, kernel] = [p.width(), p.one([1, 3])]
    const once = (of: MapTerm): MapTerm =>
      w.within('shared', `shared${p.step}`, () =>
        w.call('conv', of, width, { kernel, name: 'conv' }),
      )
    return w.call('add', once(x), once(other))
  },
  sharedUnit: (w, p) => {
    const x = p.map()
    const other = p.like(x)
    const once = (of: MapTerm): MapTerm =>
      w.within('shared', `shared${p.step}`, () => w.call('convBnRelu', of, 4, { kernel: 1 }))
    return w.call('concat', once(x), once(other))
  },
  globalPool: (w, p) => w.call('globalPool', p.map(), p.one(['average', 'max'])),
  linear: (w, p) => w.call('linear', vectorOf(w, p), p.width(), { bias: !p.rarely(3) }),
  vectorNorm: (w, p) => w.call('batchNorm', vectorOf(w, p)),
  vectorActivation: (w, p) => activated(w, p, vectorOf(w, p)),
  vectorConcat: (w, p) => {
    const [a, b] = [vectorOf(w, p), vectorOf(w, p)]
    return a.value.channels + b.value.channels > widest ? undefined : w.call('concat', a, b)
  },
  attention: (w, p) => {
    const x = p.map()
    const squeezed = w.call('relu', w.call('linear', w.call('globalPool', x), p.one([1, 2, 3])))
    const scores = w.call('linear', squeezed, x.value.channels)
    return w.call('multiply', x, w.call(p.one(['sigmoid', 'hardSigmoid']), scores))
  },
  context: (w, p) => {
    const x = p.map()
    const vector = w.call('linear', vectorOf(w, p), x.value.channels)
    return w.call('add', x, w.call('spread', vector, x))
  },
  spread: (w, p) => w.call('spread', vectorOf(w, p), p.map()),
  argMax: (w, p) => w.call('argMax', p.rarely(2) ? vectorOf(w, p) : p.map()),
}

/** No concat is wider. */
export const widest = 24

export function interpolation(p: Picks): Options {
  return p.one([
    { mode: 'nearest' },
    { mode: 'bilinear' },
    { mode: 'bilinear', alignCorners: true },
  ])
}

/** A vector that there is, or that of a map. */
function vectorOf(w: Writer, p: Picks): VectorTerm {
  return p.vector() ?? w.call('globalPool', p.map())
}

/** What a map may be added to and multiplied by: maps like it, parameters. */
function others(w: Writer, p: Picks, x: MapTerm): readonly Term[] {
  const { channels } = x.value as Feature
  const parameter = (): Term => {
    const shape = p.one([[channels, 1, 1], [1], [1, channels, 1, 1]])
    return w.call('parameter', `free${p.step}`, shape)
  }
  if (p.rarely(4)) return [parameter()]
  return [p.like(x), ...(p.rarely(3) ? [p.like(x)] : []), ...(p.rarely(5) ? [parameter()] : [])]
}
