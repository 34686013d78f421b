import { type Graph, ledToBy, nodesOf } from '../compiler/graph.js'
import { boxAt, overlapOf } from '../compiler/interpret/boxes.js'
import { largestFirst } from '../compiler/interpret/choosing.js'
import {
  isConstant,
  isValue,
  type Node,
  type NodeOf,
  operandsOf,
  type Value,
} from '../compiler/node.js'
import type { Comparison } from '../runtime/compare.js'
import { inFloat64 } from '../runtime/compare.js'
import type { TensorData } from '../runtime/tensor.js'
import type { Reference } from './reference.js'

/**
 * What chooses among numbers jumps where two of them tie: float32 may choose otherwise than float64, and all that follows is
 * another network's. So what a network means behind its choices is computed of the choices that a run made, and each of
 * these is held to the numbers that it was made by.
 */
export type Choice = NodeOf<'result'> | NodeOf<'nonMaxSuppression'>

/** The places of a topK, or which boxes are kept. */
export function isChoice(value: Node): value is Choice {
  if (value.kind === 'nonMaxSuppression') return true
  return value.kind === 'result' && value.inputs.of.kind === 'topK' && value.attributes.index === 1
}

export function choicesOf(graph: Graph): readonly Choice[] {
  return nodesOf(graph).filter(isChoice)
}

/** The numbers by which a choice is made. */
export function decidedBy(choice: Choice): readonly Value[] {
  return choice.kind === 'nonMaxSuppression'
    ? [choice.inputs.boxes, choice.inputs.scores]
    : [(choice.inputs.of as NodeOf<'topK'>).inputs.input]
}

/** What depends on choices, themselves included. */
export function behindChoices(graph: Graph): ReadonlySet<Node> {
  return ledToBy(graph, isChoice)
}

/** What it reads of the rest. */
export function beforeChoices(behind: ReadonlySet<Node>): readonly Value[] {
  const read = [...behind].flatMap((node) => (isChoice(node) ? [] : operandsOf(node)))
  return [...new Set(read)].filter(
    (node): node is Value =>
      !behind.has(node) && isValue(node) && !isConstant(node) && node.kind !== 'input',
  )
}

/**
 * How far a choice is from one that the reference's numbers allow: of places half the largest gap between a number that was
 * chosen and the one of its rank, by the largest; of boxes the most by which an overlap or a score would have to be another.
 */
export function compareChoice(
  choice: Choice,
  name: string,
  reference: Reference,
  candidate: TensorData,
  tolerance: number,
): Comparison {
  const [first, second] = decidedBy(choice).map((value) =>
    inFloat64(reference.get(value) as TensorData),
  )
  const chosen = inFloat64(candidate)
  const off =
    choice.kind === 'nonMaxSuppression'
      ? keptOff(choice, first as Float64Array, second as Float64Array, chosen)
      : placesOff(first as Float64Array, chosen)
  return {
    name,
    shape: candidate.dims,
    maxAbs: off,
    relative: off,
    rms: off,
    tolerance,
    ok: off <= tolerance,
    note: 'it is a choice: Δ is by how much the numbers that it is made by would have to differ',
  }
}

function placesOff(numbers: Float64Array, places: Float64Array): number {
  if (new Set(places).size !== places.length || places.some((place) => !(place in numbers)))
    return Number.NaN
  const ranked = largestFirst(numbers)
  const largest = numbers.reduce((most, x) => Math.max(most, Math.abs(x)), 0)
  const gap = places.reduce((most, place, rank) => {
    const due = numbers[ranked[rank] as number] as number
    return Math.max(most, Math.abs(due - (numbers[place] as number)))
  }, 0)
  return largest > 0 ? gap / 2 / largest : 0
}

function keptOff(
  { attributes: { overlap, least }, type }: NodeOf<'nonMaxSuppression'>,
  boxes: Float64Array,
  scores: Float64Array,
  kept: Float64Array,
): number {
  const [sets, classes, count] = type.shape as readonly number[] as [number, number, number]
  if (kept.length !== scores.length || kept.some((x) => x !== 0 && x !== 1)) return Number.NaN
  let worst = 0
  for (let line = 0; line < sets * classes; line++) {
    const set = boxes.subarray(4 * count * Math.floor(line / classes))
    const own = scores.subarray(line * count, (line + 1) * count)
    const isKept = kept.subarray(line * count, (line + 1) * count)
    const winners = largestFirst(own).filter((place) => isKept[place] === 1)
    for (let place = 0; place < count; place++) {
      const score = own[place] as number
      const shared = (other: number): number => overlapOf(boxAt(set, place), boxAt(set, other))
      if (isKept[place] === 1) {
        const most = winners.reduce(
          (most, other) => (other === place ? most : Math.max(most, shared(other))),
          0,
        )
        worst = Math.max(worst, least - score, most - overlap)
        continue
      }
      // Some box that is kept has to have been better, and to overlap it: or its own score is too small.
      let short = score - least
      for (const other of winners) {
        if (short <= 0) break
        short = Math.min(
          short,
          Math.max(overlap - shared(other), score - (own[other] as number), 0),
        )
      }
      worst = Math.max(worst, short)
    }
  }
  return worst
}
