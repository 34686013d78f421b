import type { Feature } from '../../dsl/feature.js'
import { conv, type Proposing, relu } from '../../dsl/layers.js'
import { scope, sharedLayer } from '../../dsl/scope.js'

/** Anchors at each position: of three ratios, in one size a level. */
const shapes = 3

/**
 * What Faster R-CNN's region proposal network (section 3.1) says of each level: a 3×3 convolution and ReLU, and 1×1
 * convolutions to a score and four deltas of each anchor; the same layers on all levels. Parameters: `rpn_head.rpn_conv`,
 * `rpn_cls`, `rpn_reg`.
 */
export function rpnHead(levels: readonly Feature[]): readonly Proposing[] {
  const layer = (x: Feature, width: number, kernel: 1 | 3, name: string): Feature =>
    sharedLayer(() => conv(x, width, { kernel, bias: true, name }))
  return scope('rpn_head', () =>
    levels.map((level) => {
      const x = relu(layer(level, level.channels, 3, 'rpn_conv'))
      return {
        objectness: layer(x, shapes, 1, 'rpn_cls'),
        deltas: layer(x, 4 * shapes, 1, 'rpn_reg'),
      }
    }),
  )
}
