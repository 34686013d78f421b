import { nodesOf } from '../compiler/graph.js'
import type { Model } from './model.js'

/** How many bilinear resizes a network has, and how many of them span from corner to corner. */
export function countCorners({ graph }: Pick<Model, 'graph'>): {
  readonly resizes: number
  readonly aligned: number
} {
  const ways = nodesOf(graph).flatMap(({ kind, attributes }) =>
    kind === 'resize' && attributes.mode === 'bilinear' ? [attributes.alignCorners] : [],
  )
  return { resizes: ways.length, aligned: ways.filter((way) => way).length }
}
