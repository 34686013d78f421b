import { expectList, isWhole } from './expect.js'
import { Tensor } from './feature.js'
import { currentTrace, fail, parameterNode, parameterOwner } from './scope.js'

/** A trained tensor of any shape, to be added, multiplied or given to a foreign operator. */
export function parameter(name: string, shape: readonly number[]): Tensor {
  const trace = currentTrace()
  const owner = parameterOwner(name)
  expectList(shape, `the sides of parameter ${name}`)
  const written = shape.join(', ')
  if (!shape.every(isWhole))
    fail(
      'parameter-shape',
      `parameter ${name} is [${written}]`,
      'Its sides are whole numbers from 1.',
    )
  return new Tensor(parameterNode(owner, name, shape, 'free'), trace)
}
