import type { CostTable } from './table.js'

/** Written by `npm run bench:costs`: measured, never edited. */
export const avx512Amx: CostTable = {
  instructions: 'avx512-amx',
  machine: 'Intel Xeon Processor, 2 cores',
  runtime: 'onnxruntime-node 1.30.0',
  date: '2026-11-25',
  block: 16,
  nanoseconds: {
    oneBlock: 0.0133,
    twoBlocks: 0.0121,
    blocks: 0.0117,
    fewInputs: 0.0208,
    depthwise: 0.0263,
    matrix: 0.0132,
    gathered: 0.0921,
    weights: 0.0181,
    summed: 0.0322,
    reordered: 0.0478,
    moved: 0.016,
    nearest: 0.102,
    bilinear: 0.231,
    plainNearest: 0.353,
    plainBilinear: 0.57,
    pooled: 0.0119,
    curved: 0.0933,
    call: 0,
  },
  misfit: { middle: 0.0877, most: 0.252 },
  noise: 0.0505,
}
