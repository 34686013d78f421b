import { zoo } from '../named.js'
import type { Table } from '../table.js'
import { work } from '../ways.js'

export const table5: Table = {
  table: 'Table 5 (Faster R-CNN)',
  where: 'the paper, Table 5',
  input: [800, 1216],
  columns: [{ quantity: 'GFLOPs', way: work('detection') }],
  choices: [
    'the input of 800×1200 is padded to 800×1216, a multiple of 32',
    'of the RoI head the two linear layers of width 1024 are counted alone, for 512 proposals',
    'ResNet-50, 101 and 152 have the stride on the first 1×1 of a unit',
  ],
  rows: [
    { system: 'R50', network: zoo('faster-rcnn-resnet-50-fpn'), published: ['172.3'] },
    { system: 'H18', network: zoo('faster-rcnn-hrnet-v2p-w18'), published: ['159.1'] },
    { system: 'R101', network: zoo('faster-rcnn-resnet-101-fpn'), published: ['239.4'] },
    { system: 'H32', network: zoo('faster-rcnn-hrnet-v2p-w32'), published: ['245.3'] },
    { system: 'R152', network: zoo('faster-rcnn-resnet-152-fpn'), published: ['306.4'] },
    { system: 'H40', network: zoo('faster-rcnn-hrnet-v2p-w40'), published: ['314.9'] },
    { system: 'X101', network: zoo('faster-rcnn-resnext-101-64x4d-fpn'), published: ['381.8'] },
    { system: 'H48', network: zoo('faster-rcnn-hrnet-v2p-w48'), published: ['399.1'] },
  ],
}
