/** Whose code wrote a file, by the keys that it gives its tensors. */
export type LayoutName =
  | 'authors-classification'
  | 'authors-detection'
  | 'authors-landmarks'
  | 'authors-pose'
  | 'authors-segmentation'
  | 'authors-trunk'
  | 'mmdet'
  | 'mmpose'
  | 'mmpretrain'
  | 'mmseg'
  | 'own'
  | 'timm'

/** How code brings coarser branches to a finer one; `bilinear twice`: by the factor, then to the exact size. */
export type CodeFusion = 'nearest' | 'bilinear' | 'bilinear twice'

/** How one kind of code names the tensors of an HRNet. Keys are told without the prefixes of wrappers. */
export interface Layout {
  readonly name: LayoutName
  /** A file of this layout has a key that each of these matches … */
  readonly has: readonly RegExp[]
  /** … and none that one of these matches. */
  readonly lacks?: readonly RegExp[]
  /** What else stands at the top of its files, beside the containers. */
  readonly beside?: readonly string[]
  /**
   * Keys that are otherwise called in heddle, which names as the authors do; the first that matches holds. The last
   * of a list takes the rest of a head into the part that it is, so that what heddle does not know of is a misfit.
   */
  readonly renames: readonly (readonly [from: RegExp, to: string])[]
  /** What its code does, which no key shows; nothing where the file may be of several codes. */
  readonly fuses?: CodeFusion
}
