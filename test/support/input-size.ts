import { compile } from '../../src/compile.js'
import type { Side } from '../../src/compiler/specialise.js'
import type { Model } from '../../src/dsl/model.js'
import { NetworkError } from '../../src/errors.js'

/** What is said of a size that a network does not take; nothing where it does. */
export function refusal(network: Model, height: Side, width: Side): string | undefined {
  try {
    compile(network, { size: { height, width }, passes: [] })
    return undefined
  } catch (error) {
    if (error instanceof NetworkError && error.rule === 'input-size') return error.message
    throw error
  }
}

/** The sizes that a refusal names in its remedy. */
export function suggested(message = ''): readonly (readonly [number, number])[] {
  const [, ...remedy] = message.split('\n')
  return [...remedy.join('\n').matchAll(/(\d+)x(\d+)/g)].map(
    ([, height, width]) => [Number(height), Number(width)] as const,
  )
}
