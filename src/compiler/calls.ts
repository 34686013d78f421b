/**
 * How a network's PyTorch code calls what it can call in more ways than one: the values are the same, and tools that
 * count operations count each in its own way. A network is taken as `functionCalls` where nothing is said.
 */
export interface Calls {
  /** Nearest resizes by a factor: `nn.Upsample`, or `F.interpolate`. Those to another map's size are functions. */
  readonly nearest: 'module' | 'function'
  /** What a bilinear `F.interpolate` is told: the size, the factor, or either, as the network is written. */
  readonly bilinear: 'size' | 'factor' | 'written'
  /** The mean over a whole map: `F.adaptive_avg_pool2d`, or by another call (`F.avg_pool2d` with the map as window). */
  readonly globalPool: 'adaptive' | 'window'
  /** Pools by a window: `F.avg_pool2d`, or that kept from before a tool puts its own in its place, and so not seen. */
  readonly pool: 'function' | 'unseen'
  /** Products of matrices: `torch.matmul`, or `torch.bmm`. */
  readonly matmul: 'matmul' | 'bmm'
}

export const functionCalls: Calls = {
  nearest: 'function',
  bilinear: 'written',
  globalPool: 'adaptive',
  pool: 'function',
  matmul: 'matmul',
}
