import { at, zoo } from '../named.js'
import type { Table } from '../table.js'
import { parameters, work } from '../ways.js'

const hourglass =
  "The paper does not tell whose code was counted; this is pytorch-pose's, for the 16 joints of MPII."

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
      why: {
        '#params (M)':
          'The four branches alone have 9.56; 9.3 is what HRNetV1 has, which puts out the finest branch only.',
      },
    },
    {
      system: 'ResNet-50',
      network: zoo('resnet-50'),
      published: ['25.0', '3.8'],
      instead: [
        zoo('resnet-50', { stem: '7x7' }),
        at([224, 224], zoo('resnet-50')),
        at([224, 224], zoo('resnet-50', { stem: '7x7' })),
        zoo('resnet-50', { classes: 38 }),
      ],
      why: {
        '#params (M)':
          'A ResNet-50 has 25.6 with the classifier for ImageNet and 23.5 without any.',
        GFLOPs: 'It is counted at 224×224, as in Table 14, and not at the 256×256 of landmarks.',
      },
    },
    {
      system: 'Hourglass (8-stack)',
      network: zoo('hourglass-8'),
      published: ['25.1', '19.1'],
      instead: [zoo('hourglass-8', { joints: 19 }), at([256, 192], zoo('hourglass-8'))],
      why: {
        '#params (M)': `${hourglass} Without the 1×1 convolutions that lead from each stack to the next it has 25.1.`,
        GFLOPs: hourglass,
      },
    },
  ],
}
