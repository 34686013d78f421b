import type { Feature } from '../../dsl/feature.js'
import { add, batchNorm, type ConvOptions, conv, relu } from '../../dsl/layers.js'
import { scope } from '../../dsl/scope.js'

interface Block {
  readonly widths: readonly [number, number, number]
  readonly stride?: 1 | 2
  /** The last block: without a shortcut, its ReLUs behind the batch norms. */
  readonly plain?: boolean
}

const same = (width: number): Block['widths'] => [width, width, width]

/** Xception-71: entry flow, middle flow, exit flow. */
const blocks: readonly Block[] = [
  { widths: same(128), stride: 2 },
  { widths: same(256) },
  { widths: same(256), stride: 2 },
  { widths: same(728) },
  { widths: same(728), stride: 2 },
  ...Array.from({ length: 16 }, (): Block => ({ widths: same(728) })),
  { widths: [728, 1024, 1024], stride: 2 },
  { widths: [1536, 1536, 2048], plain: true },
]

/** The block whose second convolution is the finer feature of DeepLabv3+. */
const finer = 2
const epsilon = 1e-3

/**
 * Aligned Xception-71 (Chen et al. 2018, fig. 4): 2048 channels at `outputStride`, past which blocks are dilated, and
 * 256 at 1/4 for a decoder. Parameters are called as timm's.
 */
export function xception71(
  image: Feature<number, 1>,
  outputStride: 8 | 16 | 32,
): { readonly quarter: Feature<number, 4>; readonly coarsest: Feature } {
  const half = scope('stem', () => {
    const first = scope(0, () => relu(normed(image as Feature, 32, { kernel: 3, stride: 2 })))
    return scope(1, () => relu(normed(first, 64, { kernel: 3 })))
  })
  let [x, dilation, quarter] = [half, 1, half]
  for (const [i, { stride = 1, ...block }] of blocks.entries()) {
    const step = x.stride * stride > outputStride ? 1 : stride
    const made = scope(`blocks.${i}`, () =>
      through(x, { ...block, stride }, { stride: step, dilation }),
    )
    if (step < stride) dilation *= stride
    if (i === finer) quarter = made.inner
    x = made.end
  }
  return { quarter: quarter as Feature<number, 4>, coarsest: x }
}

/**
 * A block, and what its last convolution read. Where dilation takes the place of its stride, its shortcut keeps the
 * convolution, as in the authors' code (tensorflow/models); timm's has none then.
 */
function through(
  x: Feature,
  { widths, stride: published = 1, plain = false }: Block,
  { stride, dilation }: { readonly stride: 1 | 2; readonly dilation: number },
): { readonly inner: Feature; readonly end: Feature } {
  let [inner, end] = [x, x]
  scope('stack', () => {
    for (const [i, width] of widths.entries()) {
      inner = plain ? end : relu(end, { name: `act${i + 1}` })
      const step = i === 2 ? stride : 1
      end = scope(`conv${i + 1}`, () => separable(inner, width, { stride: step, dilation, plain }))
    }
  })
  if (plain) return { inner, end }
  const isLike = x.channels === end.channels && published === 1
  const shortcut = isLike
    ? x
    : scope('shortcut', () => normed(x, end.channels, { kernel: 1, stride }))
  return { inner, end: add(end, shortcut) }
}

interface SeparableOptions {
  readonly stride: 1 | 2
  readonly dilation: number
  /** Whether a ReLU follows either batch norm. */
  readonly plain: boolean
}

function separable(x: Feature, width: number, { plain, ...spatial }: SeparableOptions): Feature {
  const after = (y: Feature): Feature => (plain ? relu(y) : y)
  const deep = { kernel: 3, groups: x.channels, ...spatial }
  const within = after(normed(x, x.channels, deep, ['conv_dw', 'bn_dw']))
  return after(normed(within, width, { kernel: 1 }, ['conv_pw', 'bn_pw']))
}

/** A convolution and its batch norm, under their names. */
function normed(
  x: Feature,
  width: number,
  { stride = 1, ...options }: ConvOptions<1 | 2>,
  [first, second] = ['conv', 'bn'],
): Feature {
  const inner = conv(x as Feature<number, 4>, width, { ...options, stride, name: first })
  return batchNorm(inner, { epsilon, name: second })
}
