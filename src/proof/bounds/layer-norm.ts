import type { NodeOf } from '../../compiler/node.js'
import { type Bounding, gamma } from './bounding.js'

/**
 * Of c = x − m, v = Σ c²/n + epsilon, y = scale·c/√v + shift, over lines of n where each x may be off by e. The mean is
 * off by a = Σ e/n + γₙ·Σ|x|/n, and c by d = e + a + u·(|c| + a). Since √v is the length of (c/√n, √epsilon), and a length
 * changes by no more than what it is of, it is off by at most h = √(Σ d²/n), and by γ of itself from rounding. So
 * c/√v, at most √n, is off by (d + |c|·(h + γ√v)/√v) / (√v − h − γ√v), and the product and the sum by what each rounds.
 */
export function layerNorm(node: NodeOf<'layerNorm'>, around: Bounding): Float64Array {
  const { of, boundOf, unit } = around
  const { input, scale, shift } = node.inputs
  const [x, s, b] = [of(input), of(scale), of(shift)]
  const [brought, bs, bb] = [boundOf(input), boundOf(scale), boundOf(shift)]
  const n = s.length
  const [rounding, few] = [gamma(n + 4, unit), gamma(4, unit)]
  const bound = new Float64Array(x.length)
  const sum = (each: (at: number) => number): number => {
    let total = 0
    for (let at = 0; at < n; at++) total += each(at)
    return total / n
  }
  for (let start = 0; start < x.length; start += n) {
    const value = (at: number): number => x[start + at] as number
    const off = (at: number): number => brought?.[start + at] ?? 0
    const mean = sum(value)
    const shifted = sum(off) + rounding * sum((at) => Math.abs(value(at)))
    const centred = (at: number): number => value(at) - mean
    const d = (at: number): number => off(at) + shifted + unit * (Math.abs(centred(at)) + shifted)
    const length = Math.sqrt(sum((at) => centred(at) ** 2) + node.attributes.epsilon)
    const h = Math.sqrt(sum((at) => d(at) ** 2)) + rounding * length
    const least = length - h
    for (let at = 0; at < n; at++) {
      const size = Math.abs(centred(at)) / length
      const quotient = least > 0 ? (d(at) + size * h) / least : Number.POSITIVE_INFINITY
      const most = size + quotient
      const [factor, offset] = [Math.abs(s[at] as number), Math.abs(b[at] as number)]
      const own = (bs?.[at] ?? 0) * most + factor * quotient + (bb?.[at] ?? 0)
      bound[start + at] = own + few * ((factor + (bs?.[at] ?? 0)) * most + offset + (bb?.[at] ?? 0))
    }
  }
  return bound
}
