import type { NodeOf } from '../node.js'
import { stepsOf } from './elementwise.js'
import { type Reading, sidesOf, sizeOf } from './reading.js'

/** Σ left[…, m, k] · right[…, k, n], the axes before broadcast from the right. */
export function matmul({ inputs, type }: NodeOf<'matmul'>, { of }: Reading): Float64Array {
  const shape = sidesOf(type)
  const [rows = 1, columns = 1] = shape.slice(-2)
  const outer = shape.slice(0, -2)
  const [leftShape, rightShape] = [sidesOf(inputs.left.type), sidesOf(inputs.right.type)]
  const within = leftShape.at(-1) as number
  const [left, right] = [of(inputs.left), of(inputs.right)]
  const [leftSteps, rightSteps] = [leftShape, rightShape].map((sides) =>
    stepsOf(sides.slice(0, -2), outer.length),
  ) as [number[], number[]]
  const y = new Float64Array(sizeOf(type))
  for (let matrix = 0; matrix < y.length / (rows * columns); matrix++) {
    const from = placeOf(matrix, outer, leftSteps) * rows * within
    const other = placeOf(matrix, outer, rightSteps) * within * columns
    const to = matrix * rows * columns
    for (let m = 0; m < rows; m++)
      for (let k = 0; k < within; k++) {
        const factor = left[from + m * within + k] as number
        for (let n = 0; n < columns; n++)
          y[to + m * columns + n] =
            (y[to + m * columns + n] as number) +
            factor * (right[other + k * columns + n] as number)
      }
  }
  return y
}

/** Which matrix of an operand meets one of the result. */
function placeOf(matrix: number, outer: readonly number[], steps: readonly number[]): number {
  let [rest, place] = [matrix, 0]
  for (let axis = outer.length - 1; axis >= 0; axis--) {
    const side = outer[axis] as number
    place += (rest % side) * (steps[axis] as number)
    rest = Math.floor(rest / side)
  }
  return place
}
