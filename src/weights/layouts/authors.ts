import type { Layout } from './layout.js'

/** The authors' repositories. Their names are heddle's: nothing is renamed. */
export const authors: readonly Layout[] = [
  // HRNet-Object-Detection: a detector of 2019's mmdetection.
  {
    name: 'authors-detection',
    has: [/^neck\.reduction_conv\.0\.weight$/],
    renames: [],
    fuses: 'nearest',
  },
  // HRNet-Semantic-Segmentation, with the OCR networks, whose head is unknown here.
  {
    name: 'authors-segmentation',
    has: [/^(?:last_layer|aux_head)\.0\.weight$/],
    renames: [],
    fuses: 'bilinear',
  },
  // HRNet-Facial-Landmark-Detection.
  { name: 'authors-landmarks', has: [/^head\.0\.weight$/], renames: [], fuses: 'bilinear' },
  // HRNet-Image-Classification.
  {
    name: 'authors-classification',
    has: [/^incre_modules\.0\.0\.conv1\.weight$/],
    renames: [],
    fuses: 'nearest',
  },
  // deep-high-resolution-net, and HigherHRNet, whose head is unknown here.
  {
    name: 'authors-pose',
    has: [/^(?:final_layer|final_layers\.0)\.weight$/],
    renames: [],
    fuses: 'nearest',
  },
  // Any of them without its head, or under another.
  { name: 'authors-trunk', has: [], renames: [] },
]
