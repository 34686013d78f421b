import type { NodeOf, Padding, Pair } from '../node.js'
import { type Reading, sides4, sidesOf } from './reading.js'

/** The places along one side where a tap of the kernel meets the input: out·stride + offset inside [0, size). */
function meeting(offset: number, stride: number, size: number, out: number): [number, number] {
  const from = Math.max(0, Math.ceil(-offset / stride))
  return [from, Math.min(out, Math.floor((size - 1 - offset) / stride) + 1)]
}

/** out[o, y, x] = bias[o] + Σ weight[o, i, ky, kx] · in[i, y·stride + ky·dilation − top, …]. */
export function conv(node: NodeOf<'conv'>, { of }: Reading): Float64Array {
  const { strides, padding, dilations, groups } = node.attributes
  const [batch, channels, height, width] = sides4(node.inputs.input)
  const [outs, within, kh, kw] = sides4(node.inputs.weight)
  const [, , outHeight, outWidth] = sides4(node)
  const input = of(node.inputs.input)
  const weight = of(node.inputs.weight)
  const y = filled(node.inputs.bias && of(node.inputs.bias), batch, outs, outHeight * outWidth)
  const [sy, sx] = strides
  for (let b = 0; b < batch; b++)
    for (let o = 0; o < outs; o++) {
      const group = Math.floor(o / (outs / groups))
      const to = (b * outs + o) * outHeight * outWidth
      for (let i = 0; i < within; i++) {
        const from = (b * channels + group * within + i) * height * width
        for (let ky = 0; ky < kh; ky++)
          for (let kx = 0; kx < kw; kx++) {
            const w = weight[((o * within + i) * kh + ky) * kw + kx] as number
            const [dy, dx] = tap(ky, kx, dilations, padding)
            const [top, bottom] = meeting(dy, sy, height, outHeight)
            const [left, right] = meeting(dx, sx, width, outWidth)
            for (let oy = top; oy < bottom; oy++) {
              const row = from + (oy * sy + dy) * width + dx
              const outRow = to + oy * outWidth
              for (let ox = left; ox < right; ox++)
                y[outRow + ox] = (y[outRow + ox] as number) + w * (input[row + ox * sx] as number)
            }
          }
      }
    }
  return y
}

/** Each input element spreads over the output: out[o, y·stride + ky·dilation − top, …] += weight[i, o, ky, kx] · in[i, y, x]. */
export function convTranspose(node: NodeOf<'convTranspose'>, { of }: Reading): Float64Array {
  const { strides, padding, dilations, groups } = node.attributes
  const [batch, channels, height, width] = sides4(node.inputs.input)
  const [, within, kh, kw] = sides4(node.inputs.weight)
  const [, outs, outHeight, outWidth] = sides4(node)
  const input = of(node.inputs.input)
  const weight = of(node.inputs.weight)
  const y = filled(node.inputs.bias && of(node.inputs.bias), batch, outs, outHeight * outWidth)
  const [sy, sx] = strides
  for (let b = 0; b < batch; b++)
    for (let i = 0; i < channels; i++) {
      const group = Math.floor(i / (channels / groups))
      const from = (b * channels + i) * height * width
      for (let o = 0; o < within; o++) {
        const to = (b * outs + group * within + o) * outHeight * outWidth
        for (let ky = 0; ky < kh; ky++)
          for (let kx = 0; kx < kw; kx++) {
            const w = weight[((i * within + o) * kh + ky) * kw + kx] as number
            const [dy, dx] = tap(ky, kx, dilations, padding)
            const [top, bottom] = meeting(dy, sy, outHeight, height)
            const [left, right] = meeting(dx, sx, outWidth, width)
            for (let iy = top; iy < bottom; iy++) {
              const row = from + iy * width
              const outRow = to + (iy * sy + dy) * outWidth + dx
              for (let ix = left; ix < right; ix++)
                y[outRow + ix * sx] =
                  (y[outRow + ix * sx] as number) + w * (input[row + ix] as number)
            }
          }
      }
    }
  return y
}

/** out[b, o] = bias[o] + Σ weight[o, i] · in[b, i]. */
export function linear({ inputs, type }: NodeOf<'linear'>, { of }: Reading): Float64Array {
  const [batch = 1, outs = 1] = sidesOf(type)
  const input = of(inputs.input)
  const weight = of(inputs.weight)
  const channels = weight.length / outs
  const y = filled(inputs.bias && of(inputs.bias), batch, outs, 1)
  for (let b = 0; b < batch; b++)
    for (let o = 0; o < outs; o++) {
      let sum = y[b * outs + o] as number
      for (let i = 0; i < channels; i++)
        sum += (weight[o * channels + i] as number) * (input[b * channels + i] as number)
      y[b * outs + o] = sum
    }
  return y
}

function tap(ky: number, kx: number, dilations: Pair, padding: Padding): Pair {
  return [ky * dilations[0] - padding[0], kx * dilations[1] - padding[1]]
}

function filled(
  bias: Float64Array | undefined,
  batch: number,
  outs: number,
  area: number,
): Float64Array {
  const y = new Float64Array(batch * outs * area)
  if (bias)
    for (let plane = 0; plane < batch * outs; plane++)
      y.fill(bias[plane % outs] as number, plane * area, (plane + 1) * area)
  return y
}
