import { at, zoo } from '../named.js'
import type { Table } from '../table.js'
import { parametersCut, work } from '../ways.js'

const scaled =
  'It is 696.176, the figure at 1024×2048 with 19 classes, times the ratio of the areas'

export const segmentation: Table = {
  table: 'HRNet-Semantic-Segmentation',
  where:
    'HRNet/HRNet-Semantic-Segmentation, README.md at 8037a7fb867b58d885b26b1ceb8283a7ee252851 (master)',
  input: [1024, 2048],
  columns: [
    { quantity: '#Params (M)', way: parametersCut },
    { quantity: 'GFLOPs', way: work('authors') },
  ],
  choices: ['parameters are cut off behind the last digit, not rounded'],
  rows: [
    {
      system: 'HRNetV2-W48, Cityscapes',
      network: zoo('hrnet-v2-w48'),
      published: ['65.8', '696.2'],
    },
    {
      system: 'HRNetV2-W48, LIP',
      network: at([473, 473], zoo('hrnet-v2-w48', { classes: 20, fuseToSize: true })),
      published: ['65.8', '74.3'],
      instead: [at([472, 472], zoo('hrnet-v2-w48')), at([480, 480], zoo('hrnet-v2-w48'))],
      why: { GFLOPs: `${scaled}: 473·473 / (1024·2048).` },
    },
    {
      system: 'HRNetV2-W48, PASCAL-Context, 59 classes',
      network: at([480, 480], zoo('hrnet-v2-w48', { classes: 59 })),
      published: ['65.8', '76.5'],
      instead: [at([480, 480], zoo('hrnet-v2-w48'))],
      why: { GFLOPs: `${scaled}: 480·480 / (1024·2048).` },
    },
    {
      system: 'HRNetV2-W48, PASCAL-Context, 60 classes',
      network: at([480, 480], zoo('hrnet-v2-w48', { classes: 60 })),
      published: ['65.8', '76.5'],
      instead: [at([480, 480], zoo('hrnet-v2-w48'))],
      why: { GFLOPs: `${scaled}: 480·480 / (1024·2048).` },
    },
    {
      system: 'HRNetV2-W18-Small-v1, Cityscapes',
      network: zoo('hrnet-v2-small-v1'),
      published: ['1.5', '31.1'],
    },
    {
      system: 'HRNetV2-W18-Small-v2, Cityscapes',
      network: zoo('hrnet-v2-small-v2'),
      published: ['3.9', '71.6'],
    },
  ],
}
