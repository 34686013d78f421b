import { at, zoo } from '../named.js'
import type { Table } from '../table.js'
import { parameters, work } from '../ways.js'

const large = [384, 288] as const
const square = [256, 256] as const

const why = {
  'FLOPs (M)':
    'The parameters are exact, and every convention counts more operations: what counted these left some out, or saw another version.',
}

export const liteHrnet: Table = {
  table: 'Lite-HRNet',
  where: 'HRNet/Lite-HRNet, README.md at 7b9049d264fa40402a27d1f175deff3b46a6b91b',
  input: [256, 192],
  columns: [
    { quantity: '#Params (M)', way: parameters },
    { quantity: 'FLOPs (M)', way: work('authors', '10^6') },
  ],
  choices: [],
  rows: [
    { system: 'Naive Lite-HRNet-18, COCO, 256x192', published: ['0.7', '194.8'] },
    { system: 'Wider Naive Lite-HRNet-18, COCO, 256x192', published: ['1.3', '311.1'] },
    { system: 'Naive Lite-HRNet-18, MPII, 256x256', published: ['0.7', '259.6'] },
    { system: 'Wider Naive Lite-HRNet-18, MPII, 256x256', published: ['1.3', '418.7'] },
    {
      system: 'Lite-HRNet-18, COCO, 256x192',
      network: zoo('lite-hrnet-18'),
      published: ['1.1', '205.2'],
      why,
    },
    {
      system: 'Lite-HRNet-18, COCO, 384x288',
      network: at(large, zoo('lite-hrnet-18')),
      published: ['1.1', '461.6'],
      why,
    },
    {
      system: 'Lite-HRNet-30, COCO, 256x192',
      network: zoo('lite-hrnet-30'),
      published: ['1.8', '319.2'],
      why,
    },
    {
      system: 'Lite-HRNet-30, COCO, 384x288',
      network: at(large, zoo('lite-hrnet-30')),
      published: ['1.8', '717.8'],
      why,
    },
    {
      system: 'Lite-HRNet-18, MPII, 256x256',
      network: at(square, zoo('lite-hrnet-18', { joints: 16 })),
      published: ['1.1', '273.4'],
      why,
    },
    {
      system: 'Lite-HRNet-30, MPII, 256x256',
      network: at(square, zoo('lite-hrnet-30', { joints: 16 })),
      published: ['1.8', '425.3'],
      why,
    },
  ],
}
