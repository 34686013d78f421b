import { zoo } from '../named.js'
import type { Table } from '../table.js'
import { parametersWithoutNorms, work } from '../ways.js'

export const detection: Table = {
  table: 'HRNet-Object-Detection',
  where: 'HRNet/HRNet-Object-Detection, README.md at 34937519af50e3e6d1c9c9001e963e7d4bcf1ea2',
  input: [800, 1216],
  columns: [
    { quantity: '#Params (M)', way: parametersWithoutNorms },
    { quantity: 'GFLOPs', way: work('detection') },
  ],
  choices: [
    "GFLOPs are those of the paper's Table 5, and counted as there",
    'parameters are weights and biases alone, in 2^20, which no code of the repository says',
  ],
  rows: [
    {
      system: 'Faster R-CNN, HRNetV2-W18',
      network: zoo('faster-rcnn-hrnet-v2p-w18'),
      published: ['26.2', '159.1'],
    },
    {
      system: 'Faster R-CNN, HRNetV2-W32',
      network: zoo('faster-rcnn-hrnet-v2p-w32'),
      published: ['45.0', '245.3'],
    },
    {
      system: 'Faster R-CNN, HRNetV2-W40',
      network: zoo('faster-rcnn-hrnet-v2p-w40'),
      published: ['60.5', '314.9'],
    },
    {
      system: 'Faster R-CNN, HRNetV2-W48',
      network: zoo('faster-rcnn-hrnet-v2p-w48'),
      published: ['79.4', '399.1'],
    },
  ],
}
