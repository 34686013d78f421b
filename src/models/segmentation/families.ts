import { segmentation, withoutFusion } from '../defaults.js'
import { type Family, family } from '../family.js'
import { deeplabV3 } from './deeplab-v3.js'
import { deeplabV3Plus } from './deeplab-v3-plus.js'
import { pspnet } from './pspnet.js'
import { unetPlusPlus } from './unet-plus-plus.js'

const task = withoutFusion(segmentation)
const outputs = ['logits']

/** The networks for segmentation that Table 1 compares HRNets with. */
export const segmentationFamilies: readonly Family[] = [
  family('unetplusplus-resnet-101', 'UNet++ on ResNet-101, segmentation', {
    task,
    outputs,
    network: (_, options) => unetPlusPlus(options),
  }),
  family('deeplabv3-resnet-101', 'DeepLabv3 on dilated ResNet-101, segmentation', {
    task,
    also: { headConv: false },
    outputs,
    network: (_, options) => deeplabV3(options),
  }),
  family('deeplabv3plus-xception-71', 'DeepLabv3+ on dilated Xception-71, segmentation', {
    task,
    outputs,
    network: (_, options) => deeplabV3Plus(options),
  }),
  family('pspnet-resnet-101', 'PSPNet on dilated ResNet-101, segmentation', {
    task,
    outputs,
    network: (_, options) => pspnet(options),
  }),
]
