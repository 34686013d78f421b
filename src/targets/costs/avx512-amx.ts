import type { CostTable } from './table.js'

/** Written by `npm run bench:costs`: measured, never edited. */
export const avx512Amx: CostTable = {
  instructions: 'avx512-amx',
  machine: 'Intel Xeon Processor, 2 cores',
  runtime: 'onnxruntime-node 1.30.0',
  date: '2026-11-25',
  block: 16,
  nanoseconds: {
    oneBlock: 0.0122,
    twoBlocks: 0.0119,
    blocks: 0.0113,
    fewInputs: 0.0193,
    depthwise: 0.0492,
    matrix: 0.0129,
    gathered: 0.0893,
    weights: 0.0169,
    summed: 0.0395,
    reordered: 0.0393,
    moved: 0.0185,
    nearest: 0.217,
    bilinear: 0.242,
    plainNearest: 0.383,
    plainBilinear: 0.647,
    pooled: 0.0497,
    curved: 0.201,
    call: 0,
  },
  misfit: { middle: 0.0792, most: 0.267 },
  noise: 0.0973,
}
