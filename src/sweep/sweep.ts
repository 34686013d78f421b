import type { ConventionName } from '../analysis/conventions.js'
import { count, countByConventions } from '../count.js'
import type { Model } from '../dsl/model.js'
import { HeddleError } from '../errors.js'
import type { ZooOptions } from '../models/family.js'
import { zooModel } from '../models/zoo.js'
import { type Counted, inputText, optionsText, type Point } from './point.js'

/** What became of a point: it was counted, or there is no such network at that size, and why. */
export type Outcome =
  | { readonly point: Point; readonly counted: Counted }
  | { readonly point: Point; readonly refused: HeddleError }

/** Makes the network of a point. */
export type ModelOf = (network: string, options: ZooOptions) => Model | Promise<Model>

/**
 * Counts points one after another. A network that there is not, or that does not take its size, is told as refused and
 * ends nothing: a range has widths that a family does not. Points of one network stand beside each other, and it is
 * made once for all of them. `conventions` are those of tools by which each is counted too.
 */
export async function* sweep(
  points: Iterable<Point>,
  modelOf: ModelOf = zooModel,
  conventions: readonly ConventionName[] = [],
): AsyncGenerator<Outcome, void, undefined> {
  let made: { readonly name: string; readonly model: Model } | undefined
  for (const point of points)
    try {
      const name = `${point.network} ${optionsText(point)}`
      if (made?.name !== name)
        made = { name, model: await modelOf(point.network, point.options ?? {}) }
      yield { point, counted: countedAt(point, made.model, conventions) }
    } catch (error) {
      if (!(error instanceof HeddleError)) throw error
      yield { point, refused: error }
    }
}

function countedAt(point: Point, model: Model, conventions: readonly ConventionName[]): Counted {
  const [height, width] = point.input ?? model.image.size
  const size = { batch: point.batch ?? 1, height, width }
  const { parameters, buffers, macs, activations, bytes } = count(model, { size })
  const asked = conventions.length > 0 ? countByConventions(model, { size }, conventions) : []
  return {
    network: point.network,
    options: optionsText(point),
    input: inputText([height, width]),
    batch: size.batch,
    ...{ parameters, buffers, macs, activations, bytes },
    conventions: Object.fromEntries(asked.map(({ name, value }) => [name, value])),
  }
}
