import {
  add,
  batchNorm,
  conv,
  convBnRelu,
  convTranspose,
  type Feature,
  type Fusion,
  fuse,
  image,
  type Model,
  model,
  type Path,
  relu,
  type Step,
  scope,
  stateStride,
} from 'heddle'

type Layer = (x: Feature, channels: number, stride?: Step) => Feature
const convolve: Layer = (x, channels, stride = 1) =>
  conv(x, channels, { kernel: 3, stride, bias: true })
const deconvolve: Layer = (x, channels, stride = 1) =>
  convTranspose(x, channels, { kernel: 3, stride, bias: true })

/** An arrow of the grid: batch norm, ReLU and a layer, twice. The first layer changes width and stride. */
function twice(layer: Layer, x: Feature, channels: number, stride: Step = 1): Feature {
  const inner = layer(relu(batchNorm(x)), channels, stride)
  return layer(relu(batchNorm(inner)), channels)
}

/** A column of the grid: each row takes its residual block, and what has become of the row `before` it. */
function column(before: -1 | 1, lateral: Layer, vertical: Layer): Fusion {
  const residual: Path = (x) => add(x, twice(lateral, x, x.channels))
  const crossing: Path = (x, { channels }) => twice(vertical, x, channels, 2)
  return (rows) =>
    Array.from({ length: rows }, (_, row) => [
      { from: row, to: row, path: residual },
      { from: row + before, to: row, path: crossing, fused: true },
    ])
      .flat()
      .filter(({ from }) => from >= 0 && from < rows)
}

const [first, ...widths] = [16, 32, 64, 128, 256] as const
const falling = column(-1, convolve, convolve)
const turning = column(1, convolve, deconvolve)
const rising = column(1, deconvolve, deconvolve)
const columns = [falling, falling, turning, rising, rising]

/**
 * GridNet for Cityscapes (Fourure et al., BMVC 2017, fig. 1): five rows, each of one resolution and of five residual
 * blocks; three columns lead down the rows and three up. What the paper leaves out is as in the authors' code
 * (GridNet.lua): biases everywhere, a batch norm first of all and last of all; its dropout is for training only.
 * 13,181,097 parameters by our count: we know of none that is published.
 *
 *     heddle count ./grid-net.ts --by stage
 *     heddle build ./grid-net.ts --input 64x96 -o grid.onnx
 */
export const gridNet: Model<{ scores: Feature<19, 1> }> = model(
  'grid-net',
  image(3, { size: [400, 400] }),
  (x) => {
    const three = { kernel: 3, bias: true } as const
    let row: Feature = scope('first', () =>
      convBnRelu(convBnRelu(batchNorm(x), first, three), first, three),
    )
    let rows: readonly Feature[] = [row]
    for (const width of widths) {
      row = scope(`column0.${rows.length}`, () => twice(convolve, row, width, 2))
      rows = [...rows, row]
    }
    for (const [n, fusion] of columns.entries())
      rows = scope(`column${n + 1}`, () => fuse(rows, fusion, { activation: (sum) => sum }))
    const scores = scope('last', () => {
      const inner = deconvolve(stateStride(rows[0] as Feature, 1), 19)
      return batchNorm(convTranspose(relu(batchNorm(inner)), 19, { ...three, stride: 1 }))
    })
    return { scores: stateStride(scores, 1) }
  },
)
