import type { Convolution, NodeOf, Padding, Pair } from '../node.js'
import { type Reading, sides4, sidesOf, sizeOf } from './reading.js'

/** The places along one side where a tap of the kernel meets the input: out·stride + offset inside [0, size). */
function meeting(offset: number, stride: number, size: number, out: number): [number, number] {
  const from = Math.max(0, Math.ceil(-offset / stride))
  return [from, Math.min(out, Math.floor((size - 1 - offset) / stride) + 1)]
}

/** How many numbers of windows are gathered at once: they stay in the processor's cache. */
const gathered = 2 ** 16

/**
 * out[o, y, x] = bias[o] + Σ weight[o, i, ky, kx] · in[i, y·stride + ky·dilation − top, …]: the window of each
 * position is gathered, then each filter multiplied with it.
 */
export function conv(node: Convolution, { of }: Reading): Float64Array {
  const { groups } = node.attributes
  const [batch] = sides4(node.inputs.input)
  const [outs, within, kh, kw] = sides4(node.inputs.weight)
  const [, , outHeight, outWidth] = sides4(node)
  const input = of(node.inputs.input)
  const weight = of(node.inputs.weight)
  const area = outHeight * outWidth
  const y = filled(node.inputs.bias && of(node.inputs.bias), batch, outs, area)
  const taps = within * kh * kw
  const rows = Math.max(1, Math.floor(gathered / (taps * outWidth)))
  const windows = new Float64Array(Math.min(rows, outHeight) * outWidth * taps)
  const each = outs / groups
  for (let b = 0; b < batch; b++)
    for (let group = 0; group < groups; group++)
      for (let top = 0; top < outHeight; top += rows) {
        const bottom = Math.min(top + rows, outHeight)
        gather(node, input, b, group, top, bottom, windows)
        const positions = (bottom - top) * outWidth
        const to = (b * outs + group * each) * area + top * outWidth
        const filters = weight.subarray(group * each * taps, (group + 1) * each * taps)
        multiply(filters, windows, taps, positions, y.subarray(to), area)
      }
  return y
}

/** max(0, what the convolution makes + addend). */
export function fusedConv(node: NodeOf<'fusedConv'>, reading: Reading): Float64Array {
  const { addend } = node.inputs
  const y = conv(node, reading)
  const z = addend && reading.of(addend)
  return y.map((each, i) => Math.max(each + (z?.[i] ?? 0), 0))
}

/** The windows of some rows of positions, one after the other, each in the order of a filter; 0 outside the input. */
function gather(
  node: Convolution,
  input: Float64Array,
  b: number,
  group: number,
  top: number,
  bottom: number,
  windows: Float64Array,
): void {
  const { strides, padding, dilations } = node.attributes
  const [, channels, height, width] = sides4(node.inputs.input)
  const [, within, kh, kw] = sides4(node.inputs.weight)
  const [, , , outWidth] = sides4(node)
  let at = 0
  for (let oy = top; oy < bottom; oy++)
    for (let ox = 0; ox < outWidth; ox++)
      for (let i = 0; i < within; i++)
        for (let ky = 0; ky < kh; ky++) {
          const row = oy * strides[0] + ky * dilations[0] - padding[0]
          const from = ((b * channels + group * within + i) * height + row) * width
          const inside = row >= 0 && row < height
          for (let kx = 0; kx < kw; kx++) {
            const column = ox * strides[1] + kx * dilations[1] - padding[1]
            const read = inside && column >= 0 && column < width
            windows[at++] = read ? (input[from + column] as number) : 0
          }
        }
}

/**
 * y[o, position] += Σ filter[o, k] · window[position, k], for four filters and two positions at a time: eight sums that
 * do not wait for each other. Where fewer are left, the last is computed again.
 */
function multiply(
  filters: Float64Array,
  windows: Float64Array,
  taps: number,
  positions: number,
  y: Float64Array,
  area: number,
): void {
  const last = filters.length / taps - 1
  for (let o = 0; o <= last; o += 4) {
    const [p, q, r] = [Math.min(o + 1, last), Math.min(o + 2, last), Math.min(o + 3, last)]
    const [f, g, h, i] = [o * taps, p * taps, q * taps, r * taps]
    for (let left = 0; left < positions; left += 2) {
      const right = Math.min(left + 1, positions - 1)
      const [from, next] = [left * taps, right * taps]
      let a = y[o * area + left] as number
      let b = y[p * area + left] as number
      let c = y[q * area + left] as number
      let d = y[r * area + left] as number
      let a2 = y[o * area + right] as number
      let b2 = y[p * area + right] as number
      let c2 = y[q * area + right] as number
      let d2 = y[r * area + right] as number
      for (let k = 0; k < taps; k++) {
        const x = windows[from + k] as number
        const x2 = windows[next + k] as number
        const ofA = filters[f + k] as number
        a += ofA * x
        a2 += ofA * x2
        const ofB = filters[g + k] as number
        b += ofB * x
        b2 += ofB * x2
        const ofC = filters[h + k] as number
        c += ofC * x
        c2 += ofC * x2
        const ofD = filters[i + k] as number
        d += ofD * x
        d2 += ofD * x2
      }
      y[o * area + left] = a
      y[p * area + left] = b
      y[q * area + left] = c
      y[r * area + left] = d
      y[o * area + right] = a2
      y[p * area + right] = b2
      y[q * area + right] = c2
      y[r * area + right] = d2
    }
  }
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

/** out[…, o] = bias[o] + Σ weight[o, i] · in[…, i]. */
export function linear({ inputs, type }: NodeOf<'linear'>, { of }: Reading): Float64Array {
  const outs = sidesOf(type).at(-1) as number
  const batch = sizeOf(type) / outs
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
