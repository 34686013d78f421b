import type { Table } from '../table.js'
import { parameters, work } from '../ways.js'

/** The zoo has no FCOS. */
export const fcos: Table = {
  table: 'HRNet-FCOS',
  where: 'HRNet/HRNet-FCOS, README.md at a1feaa39044ec19b5eb1209bb82adb64fe139631',
  input: [800, 1216],
  columns: [
    { quantity: '# params (M)', way: parameters },
    { quantity: 'GFLOPs', way: work('authors') },
  ],
  choices: [],
  rows: [
    { system: 'ResNet_50_5l_2x', published: ['32.0', '190.0'] },
    { system: 'HRNet_W18_5l_2x', published: ['17.5', '180.3'] },
    { system: 'ResNet_50_6l_2x', published: ['32.7', '529.0'] },
    { system: 'HRNet_W18_6l_2x', published: ['18.1', '515.1'] },
    { system: 'ResNet_101_5l_2x', published: ['51.0', '261.2'] },
    { system: 'HRNet_W32_5l_2x', published: ['37.3', '273.3'] },
    { system: 'ResNet_101_6l_2x', published: ['51.6', '601.0'] },
    { system: 'HRNet_W32_6l_2x', published: ['37.9', '608.0'] },
    { system: 'HRNet_W40_6l_3x', published: ['54.1', '682.9'] },
  ],
}
