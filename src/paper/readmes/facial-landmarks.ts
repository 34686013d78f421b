import { zoo } from '../named.js'
import type { Table } from '../table.js'
import { parameters, work } from '../ways.js'

export const facialLandmarks: Table = {
  table: 'HRNet-Facial-Landmark-Detection',
  where:
    'HRNet/HRNet-Facial-Landmark-Detection, README.md at f776dbe8eb6fec831774a47209dae5547ae2cda5',
  input: [256, 256],
  columns: [
    { quantity: '#Params (M)', way: parameters },
    { quantity: 'GFLOPs', way: work('authors') },
  ],
  choices: [],
  rows: [
    {
      system: 'HRNetV2-W18',
      network: zoo('hrnet-v2-landmarks-w18'),
      published: ['9.3', '4.3'],
      instead: [zoo('hrnet-v1-w18'), zoo('hrnet-v1h-w18'), zoo('hrnet-w18-trunk')],
      why: {
        '#Params (M)':
          'The four branches alone have 9.56; 9.3 is what HRNetV1 has, which puts out the finest branch only.',
      },
    },
  ],
}
