import type { Layers } from './layers.js'

/** Operators of ONNX that are no layers, and what passes meet besides that no layer makes by itself. */
export const foreigners: Layers = {
  leaky: (w, p) => {
    const x = p.map()
    const { channels, stride } = x.value
    const results = [{ kind: 'feature', channels, stride }]
    const options = { inputs: [x], results, attributes: { alpha: 0.25 } }
    return w.call('foreign', 'LeakyRelu', options)
  },
  scaled: (w, p) => {
    const x = p.map()
    const { channels, stride } = x.value
    const inputs = [x, w.call('parameter', `scale${p.step}`, [channels, 1, 1])]
    return w.call('foreign', 'Mul', { inputs, results: [{ kind: 'feature', channels, stride }] })
  },
  halves: (w, p) => {
    const x = p.map(({ channels }) => channels % 2 === 0)
    const { channels, stride } = x.value
    if (channels % 2 === 1) return undefined
    const half = { kind: 'feature', channels: channels / 2, stride }
    return w.call('foreign', 'Split', {
      inputs: [x],
      results: [half, half],
      attributes: { axis: 1n },
    })
  },
}

export const beyond: Layers = {
  castThrough: (w, p) => w.call('castThrough', p.map(), p.one(['float32', 'float64'])),
  turned: (w, p) => w.call('turned', p.map(), p.rarely(2)),
  identity: (w, p) => w.call('identity', p.map()),
}

/** What jumps: two runs that round otherwise may part there. */
export const jumps: Layers = {
  whole: (w, p) => w.call('castThrough', p.map(), 'int32'),
  best: (w, p) => {
    const x = p.map()
    const best = w.call('argMax', w.call('globalPool', p.map()))
    return w.call('multiply', x, w.call('factorOf', best))
  },
}
