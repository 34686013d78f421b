import type { Feature } from '../../../src/dsl/feature.js'
import { interpolation } from './joins.js'
import { activations, type Layers } from './layers.js'
import { coarsest, type Picks } from './picks.js'
import { type Argument, type Options, plainOf, Term, textOf } from './term.js'
import type { Writer } from './writer.js'

/** What makes, fuses and ends branches of several resolutions. */
export const stages: Layers = {
  stage: (w, p) => {
    const branches = p.branches()
    const widths = widthsFrom(p, branches.value)
    const options = { widths, modules: p.one([1, 2]), ...block(w, p, widths) }
    return w.within('scope', `stages${p.step}`, () => w.call('stage', 2, branches, options))
  },
  transition: (w, p) => {
    const branches = p.branches()
    const widths = widthsFrom(p, branches.value)
    return w.within('scope', `to${p.step}`, () => w.call('transition', branches, widths))
  },
  block: (w, p) => {
    const branches = p.branches()
    const options = block(
      w,
      p,
      branches.value.map(({ channels }) => channels),
    )
    return w.within('scope', `block${p.step}`, () =>
      w.call('multiResolutionBlock', branches, options),
    )
  },
  fuse: (w, p) => {
    const x = p.map()
    const strides = new Set([x.value.stride])
    const chosen = [x]
    for (const more of [p.rarely(2), p.rarely(3)]) {
      const other = p.map(({ stride }) => !strides.has(stride))
      if (more || strides.has(other.value.stride)) continue
      strides.add(other.value.stride)
      chosen.push(other)
    }
    chosen.sort((a, b) => a.value.stride - b.value.stride)
    const fusion = connections(w, p, chosen.length)
    return w.within('scope', `fused${p.step}`, () => w.call('fuse', chosen, fusion, outputs(w, p)))
  },
  convHead: (w, p) =>
    w.call('convHead', p.map(), p.width(), { kernel: p.one([1, 3]), name: `head${p.step}` }),
  denseHead: (w, p) => w.call('denseHead', p.map(), p.width(), p.width(), biased(p)),
  widen: (w, p) => {
    const branches = p.branches()
    const widths = branches.value.map(() => p.one([4, 8]))
    return w.within('scope', `wide${p.step}`, () => w.call('widen', branches, widths))
  },
  descend: (w, p) => {
    const branches = p.branches()
    return w.within('scope', `descended${p.step}`, () => w.call('descend', branches, biased(p)))
  },
  pyramidNeck: (w, p) => {
    const branches = p.branches()
    const [finest] = branches.value as readonly [Feature]
    if (finest.stride * 16 > coarsest) return undefined
    const options = {
      channels: p.width(),
      interpolation: interpolation(p),
      pooling: p.one(['average', 'max']),
      shareConv: p.rarely(2),
    }
    return w.within('scope', `neck${p.step}`, () => w.call('pyramidNeck', branches, options))
  },
  classificationHead: (w, p) => {
    const branches = p.branches()
    // Its last convolution has 2048 channels: on few pixels only.
    if (!p.rarely(4) || (branches.value.at(-1) as Feature).stride < coarsest) return undefined
    return w.within('scope', `classes${p.step}`, () =>
      w.call('classificationHead', branches, p.one([2, 3]), biased(p)),
    )
  },
}

/** Widths for branches that there are, some of them new, and perhaps for one more. */
function widthsFrom(p: Picks, branches: readonly Feature[]): readonly number[] {
  const kept = branches.map(({ channels }) => (p.rarely(3) || channels > 8 ? p.width() : channels))
  const more = (branches.at(-1) as Feature).stride < coarsest && !p.rarely(4)
  return more ? [...kept, p.width()] : kept
}

function block(w: Writer, p: Picks, widths: readonly number[]): Options {
  const unit = (width: number): Term =>
    w.named(width % 4 === 0 && p.rarely(3) ? 'bottleneck' : 'basic')
  const units = p.rarely(3) ? widths.map(() => p.one([1, 2])) : 1
  return {
    unit: p.rarely(2) ? widths.map(unit) : w.named('basic'),
    units,
    fusion: p.rarely(2) ? always(connections(w, p, widths.length)) : everyToEvery(w, p),
    ...outputs(w, p),
  }
}

function everyToEvery(w: Writer, p: Picks): Term {
  return w.call('everyToEvery', upwards(p))
}

function upwards(p: Picks): Argument {
  return { interpolation: interpolation(p), ...p.one([{}, { toSize: true }, { toSize: 'twice' }]) }
}

/** Any connections by which every branch is fed; those downwards may start from what is fused already. */
function connections(w: Writer, p: Picks, branches: number): Argument {
  return Array.from({ length: branches ** 2 }, (_, n) => [Math.floor(n / branches), n % branches])
    .filter(([to, from]) => to === from || p.rarely(2))
    .map(([to = 0, from = 0]) => {
      if (to === from) return { from, to, path: w.named('same') }
      if (from > to) return { from, to, path: w.call('up', upwards(p)) }
      const path = w.named('down')
      return p.rarely(3) ? { from, to, path, fused: true } : { from, to, path }
    })
}

/** A function that gives the same whatever it is given. */
function always(argument: Argument): Term {
  return new Term(() => plainOf(argument), `() => ${textOf(argument)}`)
}

function outputs(w: Writer, p: Picks): Options {
  const activation = p.rarely(3) ? { activation: w.named(p.one(activations)) } : {}
  return p.rarely(4) ? { ...activation, outputs: 'finest' } : activation
}

function biased(p: Picks): Argument {
  return { bias: !p.rarely(2) }
}
