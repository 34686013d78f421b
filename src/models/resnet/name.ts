import type { ResNetDepth } from './plan.js'
import type { ResNetOptions } from './trunk.js'

/** `resnet-50`; `resnext-101-64x4d` where there are groups: 64 of 4 channels. */
export function resnetName(
  depth: ResNetDepth,
  { groups = 1, groupWidth = 64 }: ResNetOptions,
): string {
  return groups === 1 ? `resnet-${depth}` : `resnext-${depth}-${groups}x${groupWidth}d`
}
