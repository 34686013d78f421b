import { at, zoo } from '../named.js'
import type { Table } from '../table.js'
import { parameters, work } from '../ways.js'

const large = [384, 288] as const

/** Of ResNet-50 and ResNet-152. */
const why = {
  GFLOPs:
    "The network has the authors' parameters, and ResNet-101, of another number of units, is exact; what else was counted here is not known.",
}

export const pose: Table = {
  table: 'deep-high-resolution-net.pytorch',
  where:
    'leoxiaobin/deep-high-resolution-net.pytorch, README.md at 6f69e4676ad8d43d0d61b64b1b9726f0c369e7b1',
  input: [256, 192],
  columns: [
    { quantity: '#Params (M)', way: parameters },
    { quantity: 'GFLOPs', way: work('authors') },
  ],
  choices: [],
  rows: [
    {
      system: 'pose_resnet_50, 256x192',
      network: zoo('pose-resnet-50'),
      published: ['34.0', '8.9'],
      why,
    },
    {
      system: 'pose_resnet_50, 384x288',
      network: at(large, zoo('pose-resnet-50')),
      published: ['34.0', '20.0'],
      why,
    },
    {
      system: 'pose_resnet_101, 256x192',
      network: zoo('pose-resnet-101'),
      published: ['53.0', '12.4'],
    },
    {
      system: 'pose_resnet_101, 384x288',
      network: at(large, zoo('pose-resnet-101')),
      published: ['53.0', '27.9'],
    },
    {
      system: 'pose_resnet_152, 256x192',
      network: zoo('pose-resnet-152'),
      published: ['68.6', '15.7'],
      why,
    },
    {
      system: 'pose_resnet_152, 384x288',
      network: at(large, zoo('pose-resnet-152')),
      published: ['68.6', '35.3'],
      why,
    },
    {
      system: 'pose_hrnet_w32, 256x192',
      network: zoo('hrnet-v1-w32'),
      published: ['28.5', '7.1'],
    },
    {
      system: 'pose_hrnet_w32, 384x288',
      network: at(large, zoo('hrnet-v1-w32')),
      published: ['28.5', '16.0'],
    },
    {
      system: 'pose_hrnet_w48, 256x192',
      network: zoo('hrnet-v1-w48'),
      published: ['63.6', '14.6'],
    },
    {
      system: 'pose_hrnet_w48, 384x288',
      network: at(large, zoo('hrnet-v1-w48')),
      published: ['63.6', '32.9'],
    },
  ],
}
