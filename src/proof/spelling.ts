import { spelling, spelt } from '../compiler/intern.js'
import { limits } from '../compiler/interpret/quantizing.js'
import type { Node, NodeOf } from '../compiler/node.js'
import { numbersOf, rangeOf } from './feed.js'
import type { Region } from './region.js'

/**
 * A region as text: two that are computed alike, of values that are drawn alike, have the same. Of the scales and zeros
 * that calibration wrote down only those are told apart that differ within a region, or that clamp on another side: there
 * are as many as values.
 */
export function spellingOf({ order, leaves, roots }: Region): string {
  const number = numbering<Node>()
  const written = numbering<string>()
  const calibrated = new Set(order.flatMap(scaleAndZero))
  const text = (node: Node): string => {
    if (leaves.has(node)) return leafText(node, number)
    if (node.kind !== 'derived') return spelt(node, number)
    const { derivation } = node.attributes
    if (derivation.rule === 'computed') return `computed ${number(derivation.expression)}`
    const isWritten = derivation.rule === 'literal' && calibrated.has(node)
    return isWritten
      ? `written ${written(spelling(derivation.numbers))}${endText(node)}`
      : spelt(node, number)
  }
  const lines = order.map((node) => `${number(node)} ${text(node)} ${spelling(node.type)}`)
  return [...lines, roots.map(number).join(' ')].join('\n')
}

function scaleAndZero(node: Node): readonly Node[] {
  return node.kind === 'quantize' || node.kind === 'dequantize'
    ? [node.inputs.scale, node.inputs.zero]
    : []
}

/** A leaf by what it is drawn from. */
function leafText(node: Node, number: (node: Node) => string): string {
  if (node.kind === 'result' && node.inputs.of.kind === 'foreign')
    return `a result ${node.attributes.index} of ${number(node.inputs.of)}`
  if (node.kind === 'parameter') return `a ${node.attributes.role}`
  return node.kind === 'dequantize' ? `a value in ${rangeText(node)}` : 'a value'
}

/** On which sides of zero a range lies. */
function rangeText(node: NodeOf<'dequantize'>): string {
  const range = rangeOf(node)
  if (!range) return 'its range'
  return `a range ${range.low < 0 ? '−' : ''}${range.high > 0 ? '+' : ''}`
}

/** Whether a zero that is written down is the least or the most of its element: all is then clamped on one side. */
function endText(node: NodeOf<'derived'>): string {
  const { element } = node.type
  if (!(element in limits)) return ''
  const [least, most] = limits[element as keyof typeof limits]
  const numbers = numbersOf(node) ?? []
  return numbers.every((zero) => zero === least)
    ? ', the least'
    : numbers.every((zero) => zero === most)
      ? ', the most'
      : ''
}

/** Numbers in the order of asking; equal things have one. */
function numbering<T>(): (thing: T) => string {
  const numbers = new Map<T, number>()
  return (thing) => {
    const known = numbers.get(thing) ?? numbers.size
    numbers.set(thing, known)
    return `%${known}`
  }
}
