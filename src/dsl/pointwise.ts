import { make } from '../compiler/make.js'
import type { ActivationFunction, Origin, Value } from '../compiler/node.js'
import { describe, expectOptions, expectTensor, type OptionNames, print } from './expect.js'
import { Feature, like, type Tensorial, Tokens, Vector } from './feature.js'
import { fail, layerOrigin, type Named, parameterNode } from './scope.js'

const named: OptionNames<Named> = { name: true }

export interface BatchNormOptions extends Named {
  /** Added to the variance (1e-5). */
  readonly epsilon?: number
}

const batchNormOptions: OptionNames<BatchNormOptions> = { epsilon: true, name: true }

/**
 * Batch norm by its running statistics: scale·(x − mean)/sqrt(variance + epsilon) + shift, per channel.
 * Parameters: `weight`, `bias`, `running_mean`, `running_var`, all [C].
 */
export function batchNorm<F extends Feature | Vector>(x: F, options: BatchNormOptions = {}): F {
  expectTensor(x, 'batchNorm')
  expectOptions(options, batchNormOptions, 'a batch norm')
  if (!(x instanceof Feature || x instanceof Vector))
    return fail('not-a-feature', `batchNorm gets ${describe(x)}`, 'Give it a feature or a vector.')
  const { epsilon = 1e-5 } = options
  expectEpsilon(epsilon, 'a batch norm')
  const origin = layerOrigin(options.name)
  const shape = [x.channels]
  const value = make(
    'batchNorm',
    {
      input: x.value,
      scale: parameterNode(origin, 'weight', shape, 'normScale'),
      shift: parameterNode(origin, 'bias', shape, 'normShift'),
      mean: parameterNode(origin, 'running_mean', shape, 'normMean'),
      variance: parameterNode(origin, 'running_var', shape, 'normVariance'),
    },
    { epsilon },
    origin,
  )
  return like(x, value)
}

export interface LayerNormOptions extends Named {
  /** Added to the variance (1e-5). */
  readonly epsilon?: number
}

const layerNormOptions: OptionNames<LayerNormOptions> = { epsilon: true, name: true }

/**
 * Layer norm over the channels of each place by itself: scale·(x − mean)/sqrt(variance + epsilon) + shift. Parameters:
 * `weight`, `bias`, both [C].
 */
export function layerNorm<F extends Feature | Vector | Tokens>(
  x: F,
  options: LayerNormOptions = {},
): F {
  expectTensor(x, 'layerNorm')
  expectOptions(options, layerNormOptions, 'a layer norm')
  if (!(x instanceof Feature || x instanceof Vector || x instanceof Tokens))
    return fail(
      'not-a-feature',
      `layerNorm gets ${describe(x)}`,
      'Give it a feature, a vector or tokens.',
    )
  const { epsilon = 1e-5 } = options
  expectEpsilon(epsilon, 'a layer norm')
  const origin = layerOrigin(options.name)
  const scale = parameterNode(origin, 'weight', [x.channels], 'normScale')
  const shift = parameterNode(origin, 'bias', [x.channels], 'normShift')
  // Of a map the channels are brought behind its positions, and back.
  const isMap = x instanceof Feature
  const input = isMap ? ordered(x.value, [0, 2, 3, 1], origin) : x.value
  const value = make('layerNorm', { input, scale, shift }, { epsilon }, origin)
  return like(x, isMap ? ordered(value, [0, 3, 1, 2], origin) : value)
}

function ordered(input: Value, order: readonly number[], origin: Origin): Value {
  return make('transpose', { input }, { order }, origin)
}

function expectEpsilon(epsilon: number, what: string): void {
  if (!(Number.isFinite(epsilon) && epsilon > 0))
    fail(
      'epsilon',
      `the epsilon of ${what} is ${print(epsilon)}`,
      'Take a small number above 0, such as 1e-5.',
    )
}

/** max(x, 0). */
export function relu<F extends Tensorial>(x: F, options: Named = {}): F {
  return activation(x, { name: 'relu' }, options)
}

/** min(max(x, 0), 6). */
export function relu6<F extends Tensorial>(x: F, options: Named = {}): F {
  return activation(x, { name: 'relu6' }, options)
}

export interface LeakyReluOptions extends Named {
  /** (0.01) */
  readonly slope?: number
}

const leakyReluOptions: OptionNames<LeakyReluOptions> = { slope: true, name: true }

/** x where positive, slope·x elsewhere (0.01). */
export function leakyRelu<F extends Tensorial>(x: F, options: LeakyReluOptions = {}): F {
  expectOptions(options, leakyReluOptions, 'a leaky ReLU')
  const { slope = 0.01, ...named } = options
  if (!Number.isFinite(slope))
    fail('slope', `the slope of a leaky ReLU is ${print(slope)}`, 'Take a number such as 0.01.')
  return activation(x, { name: 'leakyRelu', slope }, named)
}

/** 1 / (1 + e^−x). */
export function sigmoid<F extends Tensorial>(x: F, options: Named = {}): F {
  return activation(x, { name: 'sigmoid' }, options)
}

export function tanh<F extends Tensorial>(x: F, options: Named = {}): F {
  return activation(x, { name: 'tanh' }, options)
}

/** min(max(x / 6 + 1/2, 0), 1). */
export function hardSigmoid<F extends Tensorial>(x: F, options: Named = {}): F {
  return activation(x, { name: 'hardSigmoid' }, options)
}

/** x · hardSigmoid(x). */
export function hardSwish<F extends Tensorial>(x: F, options: Named = {}): F {
  return activation(x, { name: 'hardSwish' }, options)
}

/** x · sigmoid(x), also called Swish. */
export function silu<F extends Tensorial>(x: F, options: Named = {}): F {
  return activation(x, { name: 'silu' }, options)
}

/** x · Φ(x), exact: Φ by the error function. */
export function gelu<F extends Tensorial>(x: F, options: Named = {}): F {
  return activation(x, { name: 'gelu' }, options)
}

function activation<F extends Tensorial>(x: F, fn: ActivationFunction, options: Named): F {
  expectTensor(x, fn.name)
  expectOptions(options, named, fn.name)
  const origin = layerOrigin(options.name)
  return like(x, make('activation', { input: x.value }, { function: fn }, origin))
}
