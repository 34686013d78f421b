import { elementBytes } from '../compiler/cost.js'
import { make } from '../compiler/make.js'
import type {
  AttributeValue,
  DeclaredDimension,
  DeclaredResult,
  ElementType,
} from '../compiler/node.js'
import {
  expectList,
  expectOneOf,
  expectOptions,
  expectStride,
  expectTensor,
  expectWidth,
  isWhole,
  type OptionNames,
  print,
} from './expect.js'
import { Feature, Tensor, type Tensorial, Vector } from './feature.js'
import { currentTrace, fail, functionOrigin } from './scope.js'
import type { Stride } from './stride.js'

/** What a foreign operator makes, in the words of the language. */
export type ForeignResult =
  | { readonly kind: 'feature'; readonly channels: number; readonly stride: Stride }
  | { readonly kind: 'vector'; readonly channels: number }
  | {
      readonly kind: 'tensor'
      readonly shape: readonly DeclaredDimension[]
      readonly element?: ElementType
    }

type Made<R extends ForeignResult> = R extends {
  kind: 'feature'
  channels: infer C extends number
  stride: infer S extends Stride
}
  ? Feature<C, S>
  : R extends { kind: 'vector'; channels: infer C extends number }
    ? Vector<C>
    : Tensor

/** Stands in messages of the type checker. */
export interface AtLeastOneResult {
  readonly 'a foreign operator has at least one result': true
}
type AtLeastOne<R> = R extends readonly [] ? AtLeastOneResult : unknown

export interface ForeignOptions<R extends readonly ForeignResult[]> {
  readonly inputs: readonly Tensorial[]
  readonly results: R
  /** As ONNX tells them apart: 0.5 is a float, 1n an integer, [1n, 2n] integers. */
  readonly attributes?: Readonly<Record<string, AttributeValue>>
  /** Of another operator set than ONNX's own: its domain, and its version. */
  readonly domain?: string
  readonly version?: number
}

const foreignOptions: OptionNames<ForeignOptions<[]>> = {
  inputs: true,
  results: true,
  attributes: true,
  domain: true,
  version: true,
}

/**
 * Any other ONNX operator, as it is: its type, attributes, ordered inputs, and what it makes, which is
 * believed. No pass touches it, and its cost counts as unknown.
 */
export function foreign<const R extends readonly ForeignResult[]>(
  operator: string,
  options: ForeignOptions<R & AtLeastOne<R>>,
): { readonly [I in keyof R]: Made<R[I]> } {
  const trace = currentTrace()
  expectOptions(options, foreignOptions, `foreign operator ${operator}`)
  const { inputs, results, attributes = {}, domain = '', version = 0 } = options
  if (!/^[A-Za-z_]\w*$/.test(operator))
    fail(
      'foreign-operator',
      `a foreign operator is called “${operator}”`,
      'Give the operator’s type, such as "InstanceNormalization".',
    )
  if (domain !== '' && !isWhole(version))
    fail(
      'foreign-version',
      `foreign operator ${operator} of domain “${domain}” has version ${version}`,
      'Say which version of the domain it is from: a whole number from 1.',
    )
  expectList(inputs, `the inputs of foreign operator ${operator}`)
  expectList(results, `the results of foreign operator ${operator}`)
  for (const [name, value] of Object.entries(attributes)) expectAttribute(operator, name, value)
  if (results.length === 0)
    fail(
      'foreign-results',
      `foreign operator ${operator} declares 0 results`,
      'Declare at least 1 result.',
    )
  for (const x of inputs) expectTensor(x, operator)
  const origin = functionOrigin(operator)
  const of = make(
    'foreign',
    { operands: inputs.map((x) => x.value) },
    {
      operator,
      domain,
      version,
      attributes,
      results: results.map((result) => declared(result, inputs, operator)),
    },
    origin,
  )
  return results.map((result, index) => {
    const value = make('result', { of }, { index }, origin)
    if (result.kind === 'feature') return new Feature(value, result.channels, result.stride, trace)
    if (result.kind === 'vector') return new Vector(value, result.channels, trace)
    return new Tensor(value, trace)
  }) as unknown as { readonly [I in keyof R]: Made<R[I]> }
}

function expectAttribute(operator: string, name: string, value: unknown): void {
  const items: readonly unknown[] = [value].flat()
  const types = new Set(items.map((item) => typeof item))
  const known = items.every((item) =>
    typeof item === 'number' ? Number.isFinite(item) : /bigint|string/.test(typeof item),
  )
  if (types.size !== 1 || !known)
    fail(
      'foreign-attribute',
      `attribute ${name} of foreign operator ${operator} is ${print(value)}`,
      'Give a number (a float), a bigint (an integer, such as 1n), a string, or a list of one of these.',
    )
}

const kinds: Readonly<Record<ForeignResult['kind'], true>> = {
  feature: true,
  vector: true,
  tensor: true,
}

function expectSide(side: DeclaredDimension, inputs: readonly Tensorial[], operator: string): void {
  if (typeof side === 'number') {
    if (isWhole(side)) return
    fail(
      'foreign-shape',
      `a result of ${operator} has a side of ${side}`,
      'A side is a whole number from 1, or that of an operand: { operand: 0, axis: 2, times: 1, over: 2 }.',
    )
  }
  const { operand, axis, times, over } = side
  const from = inputs[operand]?.value.type.shape
  if (from?.[axis] !== undefined && isWhole(times) && isWhole(over)) return
  fail(
    'foreign-shape',
    `a result of ${operator} has the side ${times}/${over} of axis ${axis} of operand ${operand}, of ${inputs.length} operands`,
    `Operands and axes count from 0${from ? `: this one has ${from.length} axes` : ''}; times and over are whole numbers from 1.`,
  )
}

function declared(
  result: ForeignResult,
  inputs: readonly Tensorial[],
  operator: string,
): DeclaredResult {
  const of = `a result of ${operator} is of`
  expectOneOf('foreign-kind', (result as ForeignResult | null)?.kind, kinds, of)
  if (result.kind === 'tensor') {
    const { element = 'float32' } = result
    expectOneOf('foreign-kind', element, elementBytes, of)
    expectList(result.shape, `the sides of a result of ${operator}`)
    for (const side of result.shape) expectSide(side, inputs, operator)
    return { element, shape: result.shape }
  }
  expectWidth(result.channels, `a result of ${operator}`)
  const batch = inputs.findIndex((x) => x.kind !== 'tensor')
  // The size of a feature of a size of its own tells no other.
  const operand = inputs.findIndex((x) => x.kind === 'feature' && x.stride > 0)
  const from = inputs[operand]
  if (batch < 0 || (result.kind === 'feature' && !(from instanceof Feature)))
    fail(
      'foreign-reference',
      `foreign operator ${operator} declares a ${result.kind}, but none of its ${inputs.length} inputs is one`,
      'Declare the result as a tensor, by its shape; stateFeature makes a feature of it.',
    )
  const first: DeclaredDimension = { operand: batch, axis: 0, times: 1, over: 1 }
  if (result.kind === 'vector') return { element: 'float32', shape: [first, result.channels] }
  const { stride } = result
  expectStride(stride, `a result of ${operator} at`)
  const reference = (from as Feature).stride
  const common = Math.min(reference, stride)
  const side = (axis: number): DeclaredDimension => ({
    operand,
    axis,
    times: reference / common,
    over: stride / common,
  })
  return { element: 'float32', shape: [first, result.channels, side(2), side(3)] }
}
