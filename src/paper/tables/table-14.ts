import { zoo } from '../named.js'
import type { Table } from '../table.js'
import { parameters, work } from '../ways.js'

const bottlenecks = { unit: 'bottleneck' } as const

export const table14: Table = {
  table: 'Table 14 (ImageNet)',
  where: 'the paper, Table 14',
  input: [224, 224],
  columns: [
    { quantity: '#params (M)', way: parameters },
    { quantity: 'GFLOPs', way: work('authors') },
  ],
  choices: [
    'of bottleneck units, W is the width that a branch puts out: HRNet-W44-C has branches of 44 to 352 channels, its units 11 to 88 within',
    'ResNet-50, 101 and 152 have the stride on the 3×3 of a unit',
    'ResNet-38, 72 and 106 have bottleneck units in their first stage; the extra bottleneck leads from 512 to 2048 channels at stride 1',
  ],
  rows: [
    { system: 'ResNet-38', network: zoo('resnet-38'), published: ['28.3', '3.80'] },
    { system: 'ResNet-72', network: zoo('resnet-72'), published: ['48.4', '7.46'] },
    { system: 'ResNet-106', network: zoo('resnet-106'), published: ['64.9', '11.1'] },
    { system: 'HRNet-W18-C', network: zoo('hrnet-w18-c'), published: ['21.3', '3.99'] },
    { system: 'HRNet-W30-C', network: zoo('hrnet-w30-c'), published: ['37.7', '7.55'] },
    { system: 'HRNet-W40-C', network: zoo('hrnet-w40-c'), published: ['57.6', '11.8'] },
    {
      system: 'ResNet-50',
      network: zoo('resnet-50'),
      published: ['25.6', '3.82'],
      instead: [zoo('resnet-50', { stem: '7x7' }), zoo('resnet-50', { strideFirst: true })],
      why: { GFLOPs: 'The figure is 3.826, which rounds up.' },
    },
    {
      system: 'ResNet-101',
      network: zoo('resnet-101'),
      published: ['44.6', '7.30'],
      instead: [zoo('resnet-101', { stem: '7x7' }), zoo('resnet-101', { strideFirst: true })],
      why: {
        GFLOPs:
          'Its parameters are exact, and so is ResNet-152, which differs by its number of units alone; no other figure of the table is counted as that reading is.',
      },
    },
    { system: 'ResNet-152', network: zoo('resnet-152'), published: ['60.2', '10.7'] },
    {
      system: 'HRNet-W44-C (bottleneck)',
      network: zoo('hrnet-w44-c', bottlenecks),
      published: ['21.9', '3.90'],
    },
    {
      system: 'HRNet-W76-C (bottleneck)',
      network: zoo('hrnet-w76-c', bottlenecks),
      published: ['40.8', '7.30'],
    },
    {
      system: 'HRNet-W96-C (bottleneck)',
      network: zoo('hrnet-w96-c', bottlenecks),
      published: ['57.5', '10.2'],
    },
  ],
}
