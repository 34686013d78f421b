import {
  add,
  concat,
  conv,
  type Feature,
  globalPool,
  image,
  linear,
  type Model,
  maxPool,
  model,
  relu,
  resize,
  type Stride,
  sigmoid,
  split,
} from '../../src/index.js'

/** A small network of the grid. */
export interface Case {
  readonly name: string
  readonly network: Model
}

const widths = [8, 16, 18, 20, 32, 36, 48, 64, 72, 96, 144, 192, 270, 384, 720] as const
const sides = [8, 16, 32, 64] as const
/** Convolutions in a row: what is done once for a network (its two ends) weighs little. */
const links = 4
/** Past this a network of the grid would take longer than it tells. */
const mostMacs = 2.5e9

/** Small networks that between them have every kind of work, each in the layouts that it meets in a network. */
export function grid(): readonly Case[] {
  return [...chains(), ...changes(), ...fusions(), ...pieces(), ...sums()]
}

function chains(): readonly Case[] {
  return [1, 3].flatMap((kernel) =>
    widths.flatMap((c) =>
      sides
        .filter((side) => links * (c * kernel * side) ** 2 <= mostMacs)
        .map((side) =>
          over(`${kernel}x${kernel} ${c} at ${side}`, c, side, (x) => row(x, links, kernel)),
        ),
    ),
  )
}

/** Other widths, strides and groups between one layer and the next. */
function changes(): readonly Case[] {
  const pairs = [
    [3, 64],
    [64, 18],
    [18, 36],
    [36, 18],
    [48, 96],
    [96, 48],
    [144, 18],
    [270, 19],
    [384, 48],
    [720, 19],
    [256, 64],
    [64, 256],
  ] as const
  return pairs
    .flatMap(([from, to]) => [
      over(`1x1 ${from} to ${to}`, from, 32, (x) => {
        const there = relu(conv(x, to, { kernel: 1, bias: true, name: 'there' }))
        return relu(conv(there, from, { kernel: 1, bias: true, name: 'back' }))
      }),
      over(`3x3 ${from} to ${to}, stride 2`, from, 64, (x) =>
        relu(conv(x, to, { kernel: 3, stride: 2, bias: true, name: 'down' })),
      ),
    ])
    .concat(
      [32, 48, 96].flatMap((c) =>
        [32, 64].map((side) =>
          over(`depthwise ${c} at ${side}`, c, side, (x) => row(one(x, c), 2 * links, 3, c)),
        ),
      ),
    )
}

/** What stands between branches: a coarser map resized and added. */
function fusions(): readonly Case[] {
  return (['nearest', 'bilinear'] as const).flatMap((mode) =>
    [16, 18, 32, 48, 72, 96].flatMap((c) =>
      ([2, 4, 8] as const).map((stride) =>
        over(`${mode} x${stride} ${c}`, c, c > 48 ? 64 : 128, (x) => {
          const coarse = conv(x, c, { kernel: 1, stride, bias: true, name: 'coarse' }) as Feature<
            number,
            Stride
          >
          return relu(add(relu(one(x, c)), resize(coarse, 1, { mode })))
        }),
      ),
    ),
  )
}

/** Sums into what a convolution writes, sums of what others made, and functions that are not fused. */
function sums(): readonly Case[] {
  return [16, 18, 32, 36, 48, 72, 96].flatMap((c) => [
    over(`residual ${c}`, c, 64, (x) => {
      let y = relu(one(x, c, 'start'))
      for (let i = 0; i < links; i++) y = relu(add(one(y, c, `residual${i}`), y))
      return y
    }),
    over(`sum ${c}`, c, 64, (x) => {
      let y = relu(one(x, c, 'start'))
      for (let i = 0; i < links; i++) y = relu(add(relu(one(y, c, `sum${i}`)), y))
      return y
    }),
    over(`sigmoid ${c}`, c, 64, (x) => sigmoid(add(relu(one(x, c, 'a')), relu(one(x, c, 'b'))))),
  ])
}

/** Concat, split, pooling and the end of a classifier. */
function pieces(): readonly Case[] {
  return [16, 18, 48, 96].flatMap((c) => [
    over(`concat ${c}`, c, 64, (x) => {
      const parts = [0, 1, 2].map((i) => relu(conv(x, c, { kernel: 1, name: `part${i}` })))
      return one(
        concat(parts[0] as typeof x, parts[1] as typeof x, parts[2] as typeof x),
        c,
        'last',
      )
    }),
    over(`split ${c}`, c, 64, (x) => {
      const [a, b] = split(relu(conv(x, 2 * c, { kernel: 1, name: 'wide' })), [c, c])
      return relu(add(relu(one(a, c, 'a')), relu(one(b, c, 'b'))))
    }),
    over(`pool ${c}`, c, 64, (x) => maxPool(one(x, c), { kernel: 3, stride: 2 })),
    over(`classifier ${c}`, c, 32, (x) => linear(globalPool(one(x, 16 * c)), 1000)),
  ])
}

function over(
  name: string,
  channels: number,
  side: number,
  body: (x: Feature<number, 1>) => Feature | ReturnType<typeof linear>,
): Case {
  return {
    name,
    network: model('grid', image(channels, { name: 'x', size: [side, side] }), (x) => ({
      y: body(x),
    })),
  }
}

function row(x: Feature<number, 1>, count: number, kernel: number, groups = 1): Feature<number, 1> {
  let y = x
  for (let i = 0; i < count; i++)
    y = relu(conv(y, x.channels, { kernel, groups, bias: true, name: `link${i}` }))
  return y
}

function one(x: Feature<number, 1>, channels: number, name = 'conv'): Feature<number, 1> {
  return conv(x, channels, { kernel: 1, bias: true, name })
}
