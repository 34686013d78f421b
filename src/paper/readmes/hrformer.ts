import { zoo } from '../named.js'
import type { Table } from '../table.js'
import { parameters, work } from '../ways.js'

const why = {
  'FLOPs (G)':
    'The parameters are exact; what counted the operations is not known, since the code for classification has no counter of a whole HRFormer.',
}

export const hrformer: Table = {
  table: 'HRFormer',
  where: 'HRNet/HRFormer, README.md at 1245b88b5824fbd8cdb358b5ee909a4e537a2ef5',
  input: [224, 224],
  columns: [
    { quantity: '#params (M)', way: parameters },
    { quantity: 'FLOPs (G)', way: work('ptflops') },
  ],
  choices: ['no convention gives any of its FLOPs; ptflops comes nearest to all three'],
  rows: [
    { system: 'HRFormer-T', network: zoo('hrformer-t'), published: ['8.0', '1.83'], why },
    { system: 'HRFormer-S', network: zoo('hrformer-s'), published: ['13.5', '3.56'], why },
    { system: 'HRFormer-B', network: zoo('hrformer-b'), published: ['50.3', '13.71'], why },
  ],
}
