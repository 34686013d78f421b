import type { Pair } from '../compiler/node.js'
import { Boxes, Feature, Tensor, type Tensorial, Tokens, Vector } from './feature.js'
import type { RuleName } from './rules.js'
import { currentTrace, fail, type Trace } from './scope.js'
import { isStride, type Step, type Stride, strides } from './stride.js'

/**
 * The refusals that several layers share. Types see most of these first; at run time they hold for
 * networks whose widths come from data.
 */

export function isTensorial(x: unknown): x is Tensorial {
  return [Feature, Vector, Tokens, Tensor, Boxes].some((kind) => x instanceof kind)
}

/** The trace of the model being written, if `x` belongs to it. */
export function expectTensor(x: unknown, what: string): Trace {
  const trace = currentTrace()
  if (!isTensorial(x))
    return fail(
      'not-a-tensor',
      `${what} gets ${describe(x)}`,
      x === undefined
        ? 'Give it a feature: is there such a branch?'
        : 'Give it a feature, as layers make them.',
    )
  if (x.trace !== trace)
    return fail(
      'other-model',
      `${what} in model ${trace.model} gets a feature of model ${x.trace.model}`,
      'Use features of the model that is being written.',
    )
  return trace
}

export function expectFeature(x: unknown, what: string): Trace {
  const trace = expectTensor(x, what)
  if (!(x instanceof Feature))
    return fail(
      'not-a-feature',
      `${what} gets ${describe(x)}, not a feature`,
      x instanceof Tokens
        ? 'Make a map of them first: feature(x, y), of the size of a feature y.'
        : 'Give it a map, before it is pooled.',
    )
  return trace
}

export function expectVector(x: unknown, what: string): Trace {
  const trace = expectTensor(x, what)
  if (!(x instanceof Vector))
    return fail(
      'not-a-vector',
      `${what} gets ${describe(x)}, not a vector`,
      'Pool the feature first: globalPool(x).',
    )
  return trace
}

export function expectBoxes(x: unknown, what: string): Trace {
  const trace = expectTensor(x, what)
  if (!(x instanceof Boxes))
    return fail(
      'not-boxes',
      `${what} gets ${describe(x)}, not boxes`,
      'Give it boxes, as anchors(x) makes them.',
    )
  return trace
}

export function expectTokens(x: unknown, what: string): Trace {
  const trace = expectTensor(x, what)
  if (!(x instanceof Tokens))
    return fail(
      'not-tokens',
      `${what} gets ${describe(x)}, not tokens`,
      'Put the positions of a feature in rows first: tokens(x).',
    )
  return trace
}

export function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1
}

export function expectWhole(
  rule: RuleName,
  value: unknown,
  what: string,
  remedy: string,
): asserts value is number {
  if (!isWhole(value)) fail(rule, `${what} is ${print(value)}`, remedy)
}

/** The names of all options of a layer: a table that does not compile where one is missing. */
export type OptionNames<O> = { readonly [Name in keyof Required<O>]: true }

/** Files run without being type-checked: what a misspelt option was to change would be lost in silence. */
export function expectOptions(options: unknown, known: object, what: string): void {
  if (typeof options !== 'object' || options === null)
    fail('option', `the options of ${what} are ${print(options)}`, `Give it ${listed(known)}.`)
  for (const name in options)
    if (!Object.hasOwn(known, name))
      fail('option', `${what} has no option “${name}”`, `Its options are ${listed(known)}.`)
}

/** What is a list to types may be none where files run without being type-checked. */
export function expectList(value: unknown, what: string): asserts value is readonly unknown[] {
  if (!Array.isArray(value))
    fail('not-a-list', `${what} are ${describe(value)}`, 'Give a list: […].')
}

export function expectFunction(value: unknown, what: string): void {
  if (typeof value !== 'function')
    fail('not-a-function', `${what} is ${describe(value)}`, 'Give a function: (x) => ….')
}

export function expectFlag(value: unknown, what: string): void {
  if (typeof value !== 'boolean') fail('flag', `${what} is ${print(value)}`, 'Give true or false.')
}

/** A word that chooses how something is done, of those that are known. */
export function expectOneOf(rule: RuleName, value: unknown, known: object, what: string): void {
  if (Object.hasOwn(known, value as PropertyKey)) return
  const words = Object.keys(known)
  const choice = words.length > 2 ? `one of ${words.join(', ')}` : words.join(' or ')
  fail(rule, `${what} ${print(value)}`, `Take ${choice}.`)
}

function listed(known: object): string {
  return Object.keys(known).join(', ')
}

/** How many there are at most, or how many positions something has on a side. */
export function expectCount(value: unknown, what: string): void {
  expectWhole('count', value, what, 'Give a whole number, 1 or more.')
}

/** A part of a whole, or a probability. */
export function expectShare(value: unknown, what: string): void {
  if (!(typeof value === 'number' && value >= 0 && value <= 1))
    fail('share', `${what} is ${print(value)}`, 'Give a number from 0 to 1.')
}

export function expectWidth(value: unknown, what: string): void {
  expectWhole(
    'width',
    value,
    `the width of ${what}`,
    'A width is a whole number of channels, 1 or more.',
  )
}

export function expectSize(value: unknown, what: string): asserts value is Pair {
  if (!(Array.isArray(value) && value.length === 2 && value.every(isWhole)))
    fail(
      'size',
      `the size of ${what} is ${[value].flat().map(print).join('x')}`,
      'Give [height, width] in whole numbers from 1, or a feature of the size that is meant.',
    )
}

export function expectStep(value: unknown, what: string): asserts value is Step {
  if (!isStride(value))
    fail(
      'step',
      `the stride of ${what} is ${print(value)}`,
      `A layer's stride is one of ${strides.join(', ')}.`,
    )
}

export function expectStride(value: unknown, what: string): asserts value is Step {
  if (!isStride(value))
    fail('resize-stride', `${what} stride ${print(value)}`, `Strides are ${strides.join(', ')}.`)
}

/** The stride that a step leads down to. */
export function coarser(stride: Stride, step: Stride, what: string): Stride {
  const to = stride * step
  if (stride === 0) return 0
  if (!isStride(to))
    return fail(
      'last-stride',
      `${what} of stride ${step} at stride ${stride} leads to ${to}`,
      `The coarsest stride is ${strides.at(-1)}: use fewer levels.`,
    )
  return to
}

/** The stride that a step leads up to. */
export function finer(stride: Stride, step: Step, what: string): Stride {
  const to = stride / step
  if (stride === 0) return 0
  if (!isStride(to))
    return fail(
      'first-stride',
      `${what} of stride ${step} at stride ${stride} leads to ${to}`,
      'The finest stride is 1: use fewer levels.',
    )
  return to
}

export function expectGroups(groups: unknown, into: number, out: number, what: string): void {
  expectWhole(
    'groups',
    groups,
    `the number of groups of ${what}`,
    'Groups are a whole number from 1.',
  )
  if (into % groups !== 0)
    fail(
      'groups-in',
      `${groups} groups do not divide the ${into} channels that come into ${what}`,
      'Choose groups that divide both widths.',
    )
  if (out % groups !== 0)
    fail(
      'groups-out',
      `${groups} groups do not divide the ${out} channels that ${what} makes`,
      'Choose groups that divide both widths.',
    )
}

/** `a feature of 48 channels at stride 4`: the words in which mistakes are told. */
export function describe(x: unknown): string {
  if (x instanceof Feature)
    return `a feature of ${x.channels} channels ${x.stride === 0 ? 'of a size of its own' : `at stride ${x.stride}`}`
  if (x instanceof Vector) return `a vector of ${x.channels} channels`
  if (x instanceof Tokens) return `tokens of ${x.channels} channels`
  if (x instanceof Tensor) return 'a tensor'
  if (x instanceof Boxes) return 'boxes'
  return print(x)
}

/** A value, in a message. */
export function print(value: unknown): string {
  if (typeof value === 'string') return `“${value}”`
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  return String(value)
}
