/** What a network's output tells of a picture, so that `run` can read it, and draw it. */
export interface Answer {
  /** Class scores of each pixel; heatmaps of joints, or of landmarks; class scores of the picture. */
  readonly kind: 'segmentation' | 'pose' | 'landmarks' | 'classification'
  /** The output that holds it. */
  readonly output: string
  /** What its channels stand for, in their order. */
  readonly labels?: readonly string[]
}

/** How pixels from 0 to 255 become a network's input: (pixel / 255 − mean) / deviation, one of each a channel. */
export interface Normalisation {
  readonly mean: readonly number[]
  readonly deviation: readonly number[]
}

/** ImageNet's mean and deviation (RGB), with which all released HRNets were trained. */
export const imagenet: Normalisation = {
  mean: [0.485, 0.456, 0.406],
  deviation: [0.229, 0.224, 0.225],
}
