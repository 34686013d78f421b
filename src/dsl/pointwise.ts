import { make } from '../compiler/make.js'
import type { ActivationFunction } from '../compiler/node.js'
import { expectOptions, expectTensor, type OptionNames, print } from './expect.js'
import { type Feature, like, Tensor, type Tensorial, type Vector } from './feature.js'
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
  if (x instanceof Tensor)
    fail('not-a-feature', 'batchNorm gets a tensor', 'Give it a feature or a vector.')
  const { epsilon = 1e-5 } = options
  if (!(Number.isFinite(epsilon) && epsilon > 0))
    fail(
      'epsilon',
      `the epsilon of a batch norm is ${print(epsilon)}`,
      'Take a small number above 0, such as 1e-5.',
    )
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
