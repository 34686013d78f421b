import { zoo } from '../named.js'
import type { Table } from '../table.js'
import { parameters, work } from '../ways.js'

export const section43: Table = {
  table: 'Section 4.3 text',
  where: 'the paper, section 4.3, facial landmarks',
  input: [256, 256],
  columns: [
    { quantity: '#params (M)', way: parameters },
    { quantity: 'GFLOPs', way: work('authors') },
  ],
  choices: [],
  rows: [
    {
      system: 'HRNetV2-W18',
      network: zoo('hrnet-v2-landmarks-w18'),
      published: ['9.3', '4.3'],
      instead: [zoo('hrnet-v1-w18'), zoo('hrnet-v1h-w18'), zoo('hrnet-w18-trunk')],
    },
    {
      system: 'ResNet-50',
      published: ['25.0', '3.8'],
    },
    {
      system: 'Hourglass (8-stack)',
      published: ['25.1', '19.1'],
    },
  ],
}
