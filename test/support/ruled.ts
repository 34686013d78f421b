import { between, drawn, eitherSign, type Range } from '../../src/weights/seeded/draw.js'
import type { Weights } from '../../src/weights/source.js'

/** A key of a state dictionary; `exponent` says in which power of two its values are counted. */
export interface Key {
  readonly name: string
  readonly shape: readonly number[]
  readonly exponent: number
}

/** Reads lines of `name 64x3x3x3 exponent`. */
export function keysOf(text: string): readonly Key[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [name = '', shape = '', exponent = '0'] = line.split(' ')
      return { name, shape: shape.split('x').map(Number), exponent: Number(exponent) }
    })
}

/**
 * The values of `keys` by a rule over their names: the same numbers as test/fixtures/fidelity/rule.py, bit for bit.
 * Each is drawn once, however often it is read.
 */
export function ruled(keys: readonly Key[]): Weights {
  const byName = new Map(keys.map((key) => [key.name, key]))
  const drawnAlready = new Map<string, Float32Array>()
  return {
    label: 'a rule over names',
    read({ attributes: { name } }) {
      const known = drawnAlready.get(name)
      if (known) return known
      const values = valuesOf(byName.get(name) as Key)
      drawnAlready.set(name, values)
      return values
    },
  }
}

function valuesOf({ name, shape, exponent }: Key): Float32Array {
  const [outs = 1, ...ins] = shape
  const role = name.slice(name.lastIndexOf('.') + 1)
  const filter = ins.reduce((a, b) => a * b, 1)
  const isKernel = role === 'weight' && ins.length > 0
  const range = isKernel ? eitherSign(0, gain * Math.sqrt(3 / filter)) : (ranges[role] as Range)
  const { low, high, negative } = range
  const unit = 2 ** exponent
  const values = drawn({ low: low * unit, high: high * unit, negative }, outs * filter, 0, name)
  return isKernel ? centred(values, filter) : values
}

const gain = 2 ** -6

const ranges: Readonly<Record<string, Range>> = {
  weight: { low: 0.5, high: 1.5, negative: 1 / 16 },
  bias: { low: 0.25, high: 0.75, negative: 1 / 8 },
  running_mean: eitherSign(0.25, 0.75),
  running_var: between(0.5, 1.5),
  relative_position_bias_table: eitherSign(0, 2),
}

/** Takes from each filter its mean, unless it is of few elements. */
function centred(values: Float32Array, filter: number): Float32Array {
  if (filter < 9) return values
  for (let start = 0; start < values.length; start += filter) {
    let sum = 0
    for (let i = start; i < start + filter; i++) sum += values[i] as number
    const mean = sum / filter
    for (let i = start; i < start + filter; i++) values[i] = (values[i] as number) - mean
  }
  return values
}

/** An image of mean 0 and variance 1. */
export function ruledImage(height: number, width: number): Float32Array {
  return drawn(eitherSign(0, Math.sqrt(3)), 3 * height * width, 0, 'image')
}
