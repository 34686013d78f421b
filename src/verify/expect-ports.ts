import type { Model } from '../dsl/model.js'
import { InputError } from '../errors.js'
import type { Session } from '../runtime/session.js'

/** @throws {InputError} where a file is not of the model: other outputs, or another size. */
export function expectPorts(
  { inputs, outputs }: Session,
  { name, image, graph }: Model,
  dims: readonly number[],
  path: string,
): void {
  const named = (ports: Session['inputs'], wanted: string) =>
    ports.find((port) => port.name === wanted)
  const gives = graph.outputs.every((output) => named(outputs, output.name))
  const fits = named(inputs, image.name)?.shape.every(
    (side, axis) => typeof side === 'string' || side === dims[axis],
  )
  if (gives && inputs.length === 1 && fits) return
  const print = (ports: Session['inputs']): string =>
    ports.map(({ name, shape }) => `${name} [${shape.join(', ')}]`).join(', ')
  throw new InputError({
    problem: `${path} takes ${print(inputs)} and gives ${print(outputs)}; ${name} takes ${image.name} [${dims.join(', ')}] and gives ${graph.outputs.map(({ name }) => name).join(', ')}`,
    remedy: 'Verify the file with the model, the options and the size that it was built with.',
  })
}
