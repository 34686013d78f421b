import { mpii, pose, withoutFusion } from '../defaults.js'
import { type Family, family } from '../family.js'
import { hourglass } from './hourglass.js'
import { poseResnet } from './pose-resnet.js'

/** The networks for human pose that the paper, or the authors' code, compares HRNets with. */
export const poseFamilies: readonly Family[] = [
  family('hourglass-8', 'eight stacked hourglasses, heatmaps of human joints', {
    task: mpii,
    outputs: ['heatmaps'],
    network: (_, options) => hourglass(8, options),
  }),
  ...([50, 101, 152] as const).map((depth) =>
    family(`pose-resnet-${depth}`, `ResNet-${depth} and three transposed convolutions, heatmaps`, {
      task: withoutFusion(pose),
      outputs: ['heatmaps'],
      network: (_, options) => poseResnet(depth, options),
    }),
  ),
]
