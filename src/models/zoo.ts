import type { Model } from '../dsl/model.js'
import { InputError } from '../errors.js'
import { nearestOf } from '../spelling.js'
import { familiesBeyond } from './beyond.js'
import * as task from './defaults.js'
import { detectorFamilies } from './detection/families.js'
import { type Family, family, widthOf, type ZooOptions } from './family.js'
import { hrnetC, hrnetCi, hrnetCii, hrnetSmallC } from './hrnet/c.js'
import { hrnetFeatures, hrnetTrunk } from './hrnet/features.js'
import { hrnetV1, hrnetV1h } from './hrnet/v1.js'
import { hrnetV2, hrnetV2Landmarks, hrnetV2Small } from './hrnet/v2.js'
import { hrnetV2p } from './hrnet/v2p.js'
import { poseFamilies } from './pose/families.js'
import { resnetFamilies } from './resnet/families.js'
import { segmentationFamilies } from './segmentation/families.js'

/** Every network of the zoo: those of the paper in its order, then those beyond it. */
export const families: readonly Family[] = [
  family('hrnet-v1-w{C}', 'HRNetV1, heatmaps of human joints', {
    task: task.pose,
    also: { finalKernel: 1 },
    outputs: ['heatmaps'],
    network: hrnetV1,
  }),
  family('hrnet-v1h-w{C}', 'HRNetV1h, segmentation from the finest branch alone', {
    task: task.segmentation,
    also: { headBias: true, finalKernel: 1 },
    outputs: ['logits'],
    network: hrnetV1h,
  }),
  family('hrnet-v2-w{C}', 'HRNetV2, segmentation', {
    task: task.segmentation,
    also: { headBias: true, finalKernel: 1 },
    outputs: ['logits'],
    network: hrnetV2,
  }),
  family('hrnet-v2-landmarks-w{C}', 'HRNetV2, heatmaps of facial landmarks', {
    task: task.landmarks,
    also: { headBias: true, finalKernel: 1 },
    outputs: ['heatmaps'],
    network: hrnetV2Landmarks,
  }),
  family('hrnet-v2p-w{C}', 'HRNetV2p, trunk and feature pyramid for detection', {
    task: task.detection,
    also: { pooling: 'average', shareConv: false },
    outputs: ['p2', 'p3', 'p4', 'p5', 'p6'],
    network: hrnetV2p,
  }),
  family('hrnet-w{C}-c', 'HRNet-C, classification, branches led into the coarsest', {
    task: task.classification,
    also: { unit: 'basic', headBias: true },
    outputs: ['logits'],
    network: hrnetC,
  }),
  family('hrnet-w{C}-ci', 'HRNet-Ci, classification, branches pooled and concatenated', {
    task: task.classification,
    also: { unit: 'basic' },
    outputs: ['logits'],
    network: hrnetCi,
  }),
  family('hrnet-w{C}-cii', 'HRNet-Cii, classification, branches led to 1/32 and concatenated', {
    task: task.classification,
    also: { unit: 'basic' },
    outputs: ['logits'],
    network: hrnetCii,
  }),
  family('hrnet-small-v1-c', 'HRNet-W18-C-Small-v1, classification', {
    task: task.classification,
    also: { headBias: true },
    outputs: ['logits'],
    network: (_, options) => hrnetSmallC('v1', options),
  }),
  family('hrnet-small-v2-c', 'HRNet-W18-C-Small-v2, classification', {
    task: task.classification,
    also: { headBias: true },
    outputs: ['logits'],
    network: (_, options) => hrnetSmallC('v2', options),
  }),
  family('hrnet-v2-small-v1', 'HRNetV2-W18-Small-v1, segmentation', {
    task: task.segmentation,
    also: { headBias: true, finalKernel: 1 },
    outputs: ['logits'],
    network: (_, options) => hrnetV2Small('v1', options),
  }),
  family('hrnet-v2-small-v2', 'HRNetV2-W18-Small-v2, segmentation', {
    task: task.segmentation,
    also: { headBias: true, finalKernel: 1 },
    outputs: ['logits'],
    network: (_, options) => hrnetV2Small('v2', options),
  }),
  family('hrnet-w{C}-trunk', 'the four branches of HRNet', {
    task: task.representation,
    outputs: ['stride4', 'stride8', 'stride16', 'stride32'],
    network: hrnetTrunk,
  }),
  family('hrnet-w{C}-features', "the five feature levels of timm's HRNets", {
    task: task.representation,
    outputs: ['f0', 'f1', 'f2', 'f3', 'f4'],
    network: hrnetFeatures,
  }),
  ...resnetFamilies,
  ...detectorFamilies,
  ...segmentationFamilies,
  ...poseFamilies,
  ...familiesBeyond,
]

/**
 * The network of a name such as `hrnet-v2-w48`.
 * @throws {InputError} where there is no such name (with the nearest), width, option or value.
 */
export function zooModel(name: string, options: ZooOptions = {}): Model {
  const found = findFamily(name)
  if (found) {
    const { family, width } = found
    return family.make(width === undefined ? undefined : widthOf(name, width), options)
  }
  const [, width = '18'] = /w(\d+)/i.exec(name) ?? []
  const names = families.map((one) => one.name.replace('{C}', width))
  throw new InputError({
    problem: `there is no network “${name}” in the zoo`,
    remedy: `Did you mean ${nearestOf(name.toLowerCase(), names)}? \`heddle models\` lists all.`,
  })
}

/** The family that a name belongs to, and its width as it is written; nothing where it is no name of the zoo. */
export function findFamily(name: string): { family: Family; width?: string } | undefined {
  for (const one of families) {
    if (name === one.name && !one.name.includes('{C}')) return { family: one }
    const [before = '', after] = one.name.split('{C}')
    if (after === undefined || !name.startsWith(before) || !name.endsWith(after)) continue
    const width = name.slice(before.length, name.length - after.length)
    // Whatever begins like a number is meant as a width, and told as a wrong one if it is.
    if (/^[-+]?[\d.][\w.+]*$/.test(width)) return { family: one, width }
  }
  return undefined
}
