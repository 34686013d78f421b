import { classification, detection, withoutFusion } from '../defaults.js'
import { type Family, family } from '../family.js'
import { resnetFpn } from './fpn.js'
import type { ResNetDepth } from './plan.js'
import { resnet } from './resnet.js'

const basics: readonly ResNetDepth[] = [38, 72, 106]
const bottlenecks: readonly ResNetDepth[] = [50, 101, 152]
const levels = ['p2', 'p3', 'p4', 'p5', 'p6']
const resnext = { groups: 64, groupWidth: 4 }

/** The ResNets that the paper compares HRNets with. */
export const resnetFamilies: readonly Family[] = [
  ...[...basics, ...bottlenecks].map((depth) =>
    family(`resnet-${depth}`, `ResNet-${depth} of Table 14, classification`, {
      task: withoutFusion(classification),
      also: { stem: '3x3', ...(basics.includes(depth) ? {} : { strideFirst: false }) },
      outputs: ['logits'],
      network: (_, options) => resnet(depth, options),
    }),
  ),
  ...bottlenecks.map((depth) =>
    family(`resnet-${depth}-fpn`, `ResNet-${depth}, trunk and feature pyramid for detection`, {
      task: withoutFusion(detection),
      also: { stem: '7x7', strideFirst: true },
      outputs: levels,
      network: (_, options) => resnetFpn(depth, options),
    }),
  ),
  family('resnext-101-64x4d-fpn', 'ResNeXt-101-64×4d, trunk and feature pyramid for detection', {
    task: withoutFusion(detection),
    also: { stem: '7x7', strideFirst: false },
    outputs: levels,
    network: (_, options) => resnetFpn(101, { ...resnext, ...options }),
  }),
]
