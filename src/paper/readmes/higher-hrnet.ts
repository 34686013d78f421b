import { at, zoo } from '../named.js'
import type { Table } from '../table.js'
import { parameters, work } from '../ways.js'

export const higherHrnet: Table = {
  table: 'HigherHRNet-Human-Pose-Estimation',
  where:
    'HRNet/HigherHRNet-Human-Pose-Estimation, README.md at aa23881492ff511185acf756a2e14725cc4ab4d7',
  input: [512, 512],
  columns: [
    { quantity: '#Params (M)', way: parameters },
    { quantity: 'GFLOPs', way: work('authors', '10^9') },
  ],
  choices: [],
  rows: [
    {
      system: 'HigherHRNet, HRNet-w32, 512',
      network: zoo('higher-hrnet-w32'),
      published: ['28.6', '47.9'],
    },
    {
      system: 'HigherHRNet, HRNet-w32, 640',
      network: at([640, 640], zoo('higher-hrnet-w32')),
      published: ['28.6', '74.8'],
    },
    {
      system: 'HigherHRNet, HRNet-w48, 640',
      network: at([640, 640], zoo('higher-hrnet-w48')),
      published: ['63.8', '154.3'],
    },
    {
      system: 'Bottom-up HRNet, HRNet-w32, 512',
      network: zoo('hrnet-v1-w32', { joints: 34 }),
      published: ['28.5', '38.9'],
      why: {
        GFLOPs:
          'The repository has no such network; HRNetV1 with a heatmap and a tag map for each joint is a reading of its name.',
      },
    },
  ],
}
