import type { NodeOf } from '../node.js'
import { around } from './joining.js'
import { type Reading, sidesOf } from './reading.js'

/** e^x / Σ e^x along an axis; the largest is taken away first, so that none overflows. */
export function softmax(node: NodeOf<'softmax'>, reading: Reading): Float64Array {
  const y = reading.of(node.inputs.input).slice()
  for (const places of linesOf(node)) {
    const most = Math.max(...places.map((at) => y[at] as number))
    for (const at of places) y[at] = Math.exp((y[at] as number) - most)
    const sum = places.reduce((total, at) => total + (y[at] as number), 0)
    for (const at of places) y[at] = (y[at] as number) / sum
  }
  return y
}

/** Where along an axis the largest stands, the first of those that are equal. */
export function argMax(node: NodeOf<'argMax'>, { of }: Reading): Float64Array {
  const x = of(node.inputs.input)
  return Float64Array.from(linesOf(node), (places) => {
    const line = places.map((at) => x[at] as number)
    return line.indexOf(Math.max(...line))
  })
}

/** The places of the elements of each line along the axis, in the order of the other axes. */
export function* linesOf({
  inputs,
  attributes: { axis },
}: NodeOf<'softmax'> | NodeOf<'argMax'>): Generator<readonly number[]> {
  const sides = sidesOf(inputs.input.type)
  const { outer, inner, step } = around(sides, axis)
  const places = Array.from({ length: sides[axis] as number }, (_, i) => i * inner)
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) yield places.map((place) => o * step + i + place)
}
