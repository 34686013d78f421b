import { zoo } from '../named.js'
import type { Table } from '../table.js'
import { parameters, work } from '../ways.js'

export const table1: Table = {
  table: 'Table 1 (Cityscapes)',
  where: 'the paper, Table 1',
  input: [1024, 2048],
  columns: [
    { quantity: '#params (M)', way: parameters },
    { quantity: 'GFLOPs', way: work('authors') },
  ],
  choices: [
    'DeepLabv3 has no convolution between its pyramid and the classifier',
    "DeepLabv3+ keeps the convolution of a shortcut whose stride dilation takes away, as its authors' code does and timm's does not",
    'all four comparators are counted up to their scores, before these are resized',
  ],
  rows: [
    {
      system: 'UNet++ / ResNet-101',
      network: zoo('unetplusplus-resnet-101'),
      published: ['59.5', '748.5'],
      why: whole(
        'The paper does not tell its decoder; this one has the widths that UNet++ was published with.',
      ),
    },
    {
      system: 'DeepLabv3 / Dilated-ResNet-101',
      network: zoo('deeplabv3-resnet-101'),
      published: ['58.0', '1778.7'],
    },
    {
      system: 'DeepLabv3+ / Dilated-Xception-71',
      network: zoo('deeplabv3plus-xception-71'),
      published: ['43.5', '1444.6'],
      why: {
        GFLOPs:
          'Its parameters are exact; the paper does not tell whose code was counted. This is the network as it was published, its pyramid and decoder of separable convolutions.',
      },
    },
    {
      system: 'PSPNet / Dilated-ResNet-101',
      network: zoo('pspnet-resnet-101'),
      published: ['65.9', '2017.6'],
      why: whole(
        'The paper does not tell whose code was counted; this is the network as it was published, with a stem of three 3×3 convolutions.',
      ),
    },
    {
      system: 'HRNetV2-W40',
      network: zoo('hrnet-v2-w40'),
      published: ['45.2', '493.2'],
      instead: [zoo('hrnet-v1h-w40'), zoo('hrnet-w40-trunk')],
      why: {
        '#params (M)': ratio('65.9 / 45.2 = 1.458'),
        GFLOPs: ratio('747.3 / 493.2 = 1.515'),
      },
    },
    {
      system: 'HRNetV2-W48',
      network: zoo('hrnet-v2-w48'),
      published: ['65.9', '747.3'],
      instead: [zoo('hrnet-v1h-w48'), zoo('hrnet-w48-trunk')],
      why: {
        GFLOPs:
          "The authors' README has 696.2 for the same network, which is exact by `authors`; 747.5 is the same in 10^9.",
      },
    },
  ],
}

/** Why no network of one family has both figures of HRNets. */
function ratio(figures: string): string {
  return `No family has both this and the figure of HRNetV2-W48: ${figures}, and what grows with the width grows at most with its square, by (48 / 40)^2 = 1.44.`
}

/** One reason for both figures of a network. */
function whole(reason: string): Readonly<Record<string, string>> {
  return { '#params (M)': reason, GFLOPs: reason }
}
