import { elementCount } from '../compiler/dimension.js'
import { nodesOf } from '../compiler/graph.js'
import type { NodeOf } from '../compiler/node.js'
import type { Model } from '../dsl/model.js'
import { findFamily } from '../models/zoo.js'
import { readValues } from '../weights/formats/values.js'
import type { CodeFusion } from '../weights/layouts/layout.js'
import { isBookkeeping, type Keyed } from './match.js'

/** More scales of norms than any network has. */
const mostScales = 2 ** 22

/**
 * What lets one suspect that a network was trained with InPlaceABN, whose norms scale by |weight| + ε: the keys,
 * and how much it would matter. Reads the scales of the norms, where there is a suspicion.
 */
export async function inplaceAbnHintsOf({ tensors, layout }: Keyed): Promise<readonly string[]> {
  if (layout.name !== 'authors-segmentation' || tensors.some(({ name }) => isBookkeeping(name)))
    return []
  const names = new Set(tensors.map(({ name }) => name))
  let [negative, all] = [0, 0]
  for (const tensor of tensors) {
    const { name, shape } = tensor
    if (!name.endsWith('.weight') || !names.has(name.replace(/weight$/, 'running_var'))) continue
    // Whatever a file claims, it is looked at for a moment only.
    all += elementCount(shape)
    if (all > mostScales) return []
    const values = await readValues(tensor)
    negative += values.filter((value) => value < 0).length
  }
  const matters =
    negative > 0
      ? `${negative} of ${all} scales of norms are negative, and count without their sign there`
      : 'no scale is negative: the two differ by an epsilon'
  return [
    `it has no num_batches_tracked, as files of the 2019 segmentation branch, which trained with InPlaceABN: --inplace-abn if it is one (${matters})`,
  ]
}

/** What a network and the code that wrote a file may do differently, as far as the layout tells. */
export function networkHints(
  { tensors, layout }: Keyed,
  model: Model,
  inplaceAbn: boolean,
): readonly string[] {
  const resizes = nodesOf(model.graph).filter((node) => node.kind === 'resize')
  const fusions = resizes.filter(({ origin }) => /(?:^|\.)fuse_layers\./.test(origin.path))
  const ours = fusions.map(fusionOf).at(-1)
  const { name, fuses: theirs } = layout
  const hints: string[] = []
  // A network of one's own is as its code says, and takes no options.
  const option = (text: string): string => (findFamily(model.name) ? ` (${text})` : '')
  if (ours && theirs && ours !== theirs)
    hints.push(`${otherFusion(name, theirs, model.name, ours)}${option(fusing(theirs, ours))}`)
  if (ours && name === 'authors-trunk')
    hints.push(
      `no key shows how its code fused: ${ours}, as ${model.name}, is assumed${option('--upsample')}`,
    )
  if (name === 'authors-segmentation' && resizes.length > 0) {
    const aligned = resizes.some(({ attributes }) => attributes.alignCorners)
    hints.push(
      `no key shows whether corners were aligned: ${aligned ? 'aligned' : 'not aligned'}, as in ${model.name}, is assumed${option(aligned ? '--no-align-corners' : '--align-corners')}`,
    )
  }
  hints.push(...coarseningHints(model))
  if (inplaceAbn && tensors.some(({ name }) => isBookkeeping(name)))
    hints.push(
      'it has num_batches_tracked, which InPlaceABN does not write: is --inplace-abn meant?',
    )
  return hints
}

/** Of a ResNet of the zoo that may coarsen by either of two convolutions: the keys are the same. */
function coarseningHints({ name, graph }: Model): readonly string[] {
  if (!findFamily(name)?.family.options.includes('strideFirst')) return []
  const first = nodesOf(graph).some(
    ({ kind, attributes, origin }) =>
      kind === 'conv' && attributes.strides[0] === 2 && /layer2\.0\.conv1$/.test(origin.path),
  )
  const [ours, other] = first ? ['1×1', '--no-stride-first'] : ['3×3', '--stride-first']
  return [
    `no key shows which convolutions of its units coarsen: the ${ours}, as in ${name}, is assumed (${other})`,
  ]
}

/** The options of a network that fuses as the code of the file does. */
function fusing(theirs: CodeFusion, ours: CodeFusion): string {
  const options =
    theirs === 'bilinear twice'
      ? `${ours === 'nearest' ? '--upsample bilinear ' : ''}--fuse-twice`
      : `--upsample ${theirs}`
  return `${options} for theirs`
}

function otherFusion(code: string, theirs: CodeFusion, model: string, ours: CodeFusion): string {
  const where =
    /^bilinear/.test(ours) && /^bilinear/.test(theirs) ? ' at sizes that 32 does not divide' : ''
  return `${code} fuses ${theirs}, ${model} ${ours}: other numbers${where}`
}

/** How the last resize of a fusion upsamples; before it there may be one by the factor. */
function fusionOf({ inputs, attributes }: NodeOf<'resize'>): CodeFusion {
  if (attributes.mode === 'nearest') return 'nearest'
  return inputs.input.kind === 'resize' ? 'bilinear twice' : 'bilinear'
}
