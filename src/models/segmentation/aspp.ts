import { convBnRelu } from '../../dsl/blocks.js'
import type { Feature } from '../../dsl/feature.js'
import { adaptivePool, batchNorm, concat, conv, relu, resize } from '../../dsl/layers.js'
import { scope } from '../../dsl/scope.js'

/** What a branch of the pyramid does: 3×3 at a dilation, to `channels`. */
export type Dilated = (x: Feature, channels: number, dilation: number) => Feature

/** Width of each branch, and of what they are led to. */
const width = 256
/** Steps between the elements of the three kernels, of a feature at 1/8; half of them at 1/16. */
const rates = [12, 24, 36]

/**
 * Atrous spatial pyramid pooling (Chen et al. 2017): a 1×1 convolution, three dilated 3×3 and the mean over the whole
 * map, each to 256 channels with batch norm and ReLU; then all of them to 256. Parameters: `convs.{branch}`, `project`.
 */
export function aspp(x: Feature, dilated: Dilated = convolved): Feature<256> {
  const narrowed = (y: Feature): Feature<256> => convBnRelu(y, width, { kernel: 1 })
  const branches = scope('convs', () => [
    scope(0, () => narrowed(x)),
    ...rates.map((rate, i) => scope(i + 1, () => dilated(x, width, (rate * 8) / x.stride))),
    scope(rates.length + 1, () => pooled(x)),
  ])
  const [first, ...rest] = branches as [Feature, ...Feature[]]
  return scope('project', () => narrowed(concat(first, ...rest)))
}

function convolved(x: Feature, channels: number, dilation: number): Feature {
  return convBnRelu(x, channels, { kernel: 3, dilation })
}

function pooled(x: Feature): Feature {
  // Torchvision's Sequential, in which the pooling is number 0.
  const mean = conv(adaptivePool(x, [1, 1]), width, { kernel: 1, name: '1' })
  return resize(relu(batchNorm(mean, { name: '2' })), x, { mode: 'bilinear' })
}
