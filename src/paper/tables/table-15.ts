import { zoo } from '../named.js'
import type { Table } from '../table.js'
import { parameters, work } from '../ways.js'

export const table15: Table = {
  table: 'Table 15 (ImageNet ablation)',
  where: 'the paper, Table 15',
  input: [224, 224],
  columns: [
    { quantity: '#params (M)', way: parameters },
    { quantity: 'GFLOPs', way: work('authors') },
  ],
  choices: [
    '-Cii: bottleneck units with the stride on the 3×3 and a projection: C → 128 → 256 → 512, 2C → 256 → 512, 4C → 512, and 8C → 512 at stride 1',
  ],
  rows: [
    { system: 'HRNet-W27-Ci', network: zoo('hrnet-w27-ci'), published: ['21.4', '5.55'] },
    { system: 'HRNet-W36-Ci', network: zoo('hrnet-w36-ci'), published: ['37.5', '9.00'] },
    { system: 'HRNet-W45-Ci', network: zoo('hrnet-w45-ci'), published: ['58.2', '13.4'] },
    { system: 'HRNet-W25-Cii', network: zoo('hrnet-w25-cii'), published: ['21.7', '5.04'] },
    { system: 'HRNet-W34-Cii', network: zoo('hrnet-w34-cii'), published: ['36.7', '8.29'] },
    { system: 'HRNet-W43-Cii', network: zoo('hrnet-w43-cii'), published: ['56.3', '12.5'] },
    { system: 'HRNet-W18-C', network: zoo('hrnet-w18-c'), published: ['21.3', '3.99'] },
    { system: 'HRNet-W30-C', network: zoo('hrnet-w30-c'), published: ['37.7', '7.55'] },
    { system: 'HRNet-W40-C', network: zoo('hrnet-w40-c'), published: ['57.6', '11.8'] },
  ],
}
