import type { Family } from '../models/family.js'

/** A parameter of the finest branch of every HRNet, whose second side is the width; and of every U-HRNet. */
export const finest = {
  hrnet: 'stage2.0.branches.0.0.conv1.weight',
  uHrnet: 'backbone.st2.stage_st2_1.branches_func.bb_st2_1_branch_layer_1_1.conv1._conv.weight',
} as const

const trunk = 'backbone.layer4.0.conv1.weight'
const neck = 'neck.fpn_convs.0.conv.weight'
const attention = 'stage2.0.branches.0.0.attn.attn.q_proj.weight'
const proposals = 'rpn_head.rpn_conv.weight'

/** Parameters that the networks of some families have, and hardly any others: by them a file is told at a glance. */
const marks: readonly (readonly [families: RegExp, ...names: string[]])[] = [
  [/-rcnn-hrnet-/, finest.hrnet, proposals],
  [/^(?:higher-)?hrnet-/, finest.hrnet],
  [/^u-hrnet-/, finest.uHrnet],
  [/^resnet-\d+$/, 'layer4.0.conv1.weight', 'fc.weight'],
  [/^resne\w+-.*-fpn$/, trunk, neck],
  [/-rcnn-resne/, trunk, neck, proposals],
  [/^unetplusplus-/, 'x_0_1.conv1.weight'],
  [/^deeplabv3-/, 'classifier.0.convs.0.0.weight'],
  [/^deeplabv3plus-/, 'aspp.convs.0.0.weight'],
  [/^pspnet-/, 'ppm.features.0.1.weight'],
  [/^hourglass-/, 'hg.0.hg.0.0.0.conv1.weight'],
  [/^pose-resnet-/, 'layer4.0.conv1.weight', 'deconv_layers.0.weight'],
  [/^lite-hrnet-/, 'backbone.stage0.0.layers.0.cross_resolution_weighting.conv1.conv.weight'],
  [/^ddrnet-/, 'spp.scale0.2.weight'],
  [/^hrformer-.$/, attention],
  [/^hrformer-.-pose$/, `backbone.${attention}`],
]

/** The marks of a family: without one of them a file is not of it, and none of its networks is made to see. */
export function marksOf({ name }: Family): readonly string[] {
  const [, ...names] = marks.find(([families]) => families.test(name)) ?? []
  return names
}
