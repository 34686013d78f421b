import {
  concat,
  conv,
  convTranspose,
  type Feature,
  image,
  type Model,
  maxPool,
  model,
  relu,
  type Stride,
  scope,
} from 'heddle'

/** Two 3×3 convolutions with biases, each with a ReLU: the blue arrows of fig. 1. */
function twice<S extends Stride, D extends number>(
  name: string,
  x: Feature<number, S>,
  channels: D,
): Feature<D, S> {
  return scope(name, () => {
    const inner = relu(conv(x, channels, { kernel: 3, bias: true }))
    return relu(conv(inner, channels, { kernel: 3, bias: true }))
  })
}

const half = { kernel: 2, stride: 2 } as const
const twofold = { kernel: 2, stride: 2, bias: true } as const

/**
 * U-Net (Ronneberger, Fischer, Brox, MICCAI 2015, fig. 1 and section 2) for cells in microscope images: 1 channel
 * in, 2 classes out, 31,030,658 parameters. The paper does not pad, and crops what it copies across, so that
 * 572x572 comes out as 388x388; here convolutions pad, nothing is cropped, and scores have the size of the input,
 * any multiple of 16. Parameters are the same. Its dropout is for training only.
 *
 *     heddle count ./u-net.ts
 *     heddle build ./u-net.ts --input 256x384 -o u-net.onnx
 */
export const uNet: Model<{ scores: Feature<2, 1> }> = model(
  'u-net',
  image(1, { size: [512, 512] }),
  (x) => {
    const a = twice('down0', x, 64)
    const b = twice('down1', maxPool(a, half), 128)
    const c = twice('down2', maxPool(b, half), 256)
    const d = twice('down3', maxPool(c, half), 512)
    const e = twice('down4', maxPool(d, half), 1024)
    // What is copied across has to have the stride of what comes up: a slip of a level is refused while it is typed.
    const f = twice('up3', concat(d, convTranspose(e, 512, { ...twofold, name: 'raise3' })), 512)
    const g = twice('up2', concat(c, convTranspose(f, 256, { ...twofold, name: 'raise2' })), 256)
    const h = twice('up1', concat(b, convTranspose(g, 128, { ...twofold, name: 'raise1' })), 128)
    const i = twice('up0', concat(a, convTranspose(h, 64, { ...twofold, name: 'raise0' })), 64)
    return { scores: conv(i, 2, { kernel: 1, bias: true, name: 'scores' }) }
  },
)
