import type { Model } from '../../src/dsl/model.js'
import { families } from '../../src/models/zoo.js'

export interface Network {
  readonly title: string
  readonly model: Model
}

/** Each family at each width; of bottleneck units too where they may be chosen and the width allows them. */
export function* networks(widths: readonly number[]): Generator<Network> {
  for (const { name, options, make } of families) {
    const each = name.includes('{C}') ? widths : [undefined]
    for (const width of each) {
      const model = make(width)
      yield { title: model.name, model }
      if (width !== undefined && width % 4 === 0 && options.includes('unit'))
        yield {
          title: `${model.name} --unit bottleneck`,
          model: make(width, { unit: 'bottleneck' }),
        }
    }
  }
}
