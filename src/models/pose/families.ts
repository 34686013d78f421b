import { mpii } from '../defaults.js'
import { type Family, family } from '../family.js'
import { hourglass } from './hourglass.js'

/** The network for human pose that the paper compares HRNets with. */
export const poseFamilies: readonly Family[] = [
  family('hourglass-8', 'eight stacked hourglasses, heatmaps of human joints', {
    task: mpii,
    outputs: ['heatmaps'],
    network: (_, options) => hourglass(8, options),
  }),
]
