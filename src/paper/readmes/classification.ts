import { zoo } from '../named.js'
import type { Table } from '../table.js'
import { parameters, work } from '../ways.js'

export const classification: Table = {
  table: 'HRNet-Image-Classification',
  where: 'HRNet/HRNet-Image-Classification, README.md at f760c988482cdb8a1f69b10b219d669721144582',
  input: [224, 224],
  columns: [
    { quantity: '#Params (M)', way: parameters },
    { quantity: 'GFLOPs', way: work('authors') },
  ],
  choices: [],
  rows: [
    {
      system: 'HRNet-W18-C-Small-v1',
      network: zoo('hrnet-small-v1-c'),
      published: ['13.2', '1.49'],
    },
    {
      system: 'HRNet-W18-C-Small-v2',
      network: zoo('hrnet-small-v2-c'),
      published: ['15.6', '2.42'],
    },
    { system: 'HRNet-W18-C', network: zoo('hrnet-w18-c'), published: ['21.3', '3.99'] },
    { system: 'HRNet-W30-C', network: zoo('hrnet-w30-c'), published: ['37.7', '7.55'] },
    { system: 'HRNet-W32-C', network: zoo('hrnet-w32-c'), published: ['41.2', '8.31'] },
    { system: 'HRNet-W40-C', network: zoo('hrnet-w40-c'), published: ['57.6', '11.8'] },
    { system: 'HRNet-W44-C', network: zoo('hrnet-w44-c'), published: ['67.1', '13.9'] },
    { system: 'HRNet-W48-C', network: zoo('hrnet-w48-c'), published: ['77.5', '16.1'] },
    { system: 'HRNet-W64-C', network: zoo('hrnet-w64-c'), published: ['128.1', '26.9'] },
  ],
}
