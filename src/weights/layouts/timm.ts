import type { Layout } from './layout.js'

const common: Pick<Layout, 'name' | 'renames' | 'fuses'> = {
  name: 'timm',
  renames: [],
  fuses: 'nearest',
}
const incre = /^incre_modules\.0\.0\.conv1\.weight$/
const downsamp = /^downsamp_modules\.0\.0\.weight$/

/**
 * timm's HRNets, where they can be told from the authors' classifiers, whose keys and order they have: the ssld
 * weights, whose head has no biases before its norms; networks of features, which have no head; training's files.
 */
export const timm: readonly Layout[] = [
  { ...common, has: [incre, downsamp], lacks: [/^downsamp_modules\.0\.0\.bias$/] },
  { ...common, has: [incre], lacks: [downsamp] },
  { ...common, has: [incre], beside: ['arch', 'args'] },
]
