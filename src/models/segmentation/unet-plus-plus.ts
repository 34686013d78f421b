import { numbered } from '../../dsl/blocks.js'
import { expectOptions } from '../../dsl/expect.js'
import type { Feature } from '../../dsl/feature.js'
import { concat, conv, resize } from '../../dsl/layers.js'
import type { Model } from '../../dsl/model.js'
import { scope } from '../../dsl/scope.js'
import { type ClassOptions, classOptions, segmentation } from '../defaults.js'
import { ofPhotograph } from '../photograph.js'
import { stems } from '../resnet/stem.js'
import { resnetLayers } from '../resnet/trunk.js'

/** Widths of the nodes at 1/2 … 1/16 (Zhou et al. 2018); at 1/32 there is the encoder alone. */
const widths = [32, 64, 128, 256]

/**
 * UNet++ (Zhou et al. 2018) on ResNet-101 (Table 1): class scores at 1/2 of the input. Between encoder and decoder stand
 * nodes X(i, j), level i, column j: two 3×3 convolutions of all that level has before, and of what is below, upsampled.
 * The paper does not say which decoder it counted: this one has the widths of UNet++, not figures fitted to the table.
 */
export function unetPlusPlus(options: ClassOptions = {}): Model<{ logits: Feature<number, 2> }> {
  expectOptions(options, classOptions, 'unetPlusPlus')
  const { classes = segmentation.classes } = options
  return ofPhotograph('unetplusplus-resnet-101', segmentation, (image) => {
    const encoded = scope('encoder', () => {
      const { half, quarter } = stems['7x7'](image)
      return [half, ...resnetLayers(quarter, 101)]
    })
    const rows: Feature[][] = encoded.map((x) => [x])
    for (let column = 1; column < rows.length; column++)
      for (let level = 0; level < rows.length - column; level++) {
        const [row, below] = rows.slice(level, level + 2) as [Feature[], Feature[]]
        row.push(
          scope(`x_${level}_${column}`, () =>
            node(row, below.at(-1) as Feature, widths[level] as number),
          ),
        )
      }
    const [finest] = rows as [[Feature<number, 2>]]
    return {
      logits: conv(finest.at(-1) as Feature<number, 2>, classes, {
        kernel: 1,
        bias: true,
        name: 'head',
      }),
    }
  })
}

function node(row: readonly Feature[], below: Feature, width: number): Feature {
  const [first, ...rest] = row as [Feature, ...Feature[]]
  const above = resize(below, first, { mode: 'bilinear' })
  const inner = numbered(1, concat(first, ...rest, above), width, { kernel: 3 })
  return numbered(2, inner, width, { kernel: 3 })
}
