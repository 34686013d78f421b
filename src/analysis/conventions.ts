import { fixed, float, general, grouped, rounded, scaled } from './printed.js'
import type { Quantity } from './quantities.js'

/** What a tool makes of each quantity, by its own source: what it does not name it counts as nothing. */
export type Coefficients = { readonly [Q in Quantity]?: number | 'uncovered' }

/** How a tool, or a published table, counts the operations of a network. */
export interface Convention {
  /** The tool with the version whose source was read, and which was run. */
  readonly tool: string
  /** What its whole number counts, in the tool's own word. */
  readonly unit: string
  readonly counts: Coefficients
  /** What that is, in words. */
  readonly says: string
  /** The figure as the tool prints it. */
  readonly print: (figure: number) => string
  /** Counts one image, whatever the batch. */
  readonly perImage?: true
}

export type ConventionName =
  | 'authors'
  | 'detection'
  | 'fvcore'
  | 'mmengine'
  | 'timm'
  | 'thop'
  | 'ptflops'
  | 'ptflops-aten'
  | 'torchinfo'
  | 'torch'
  | 'calflops'
  | 'deepspeed'
  | 'onnx-tool'

const macs = { convMacs: 1, transposedMacs: 1, linearMacs: 1 } as const
const twiceMacs = { convMacs: 2, transposedMacs: 2, linearMacs: 2 } as const
/** The same, but a transposed convolution as if it gathered at each position of its output. */
const outputMacs = { convMacs: 1, transposedAtOutput: 1, linearMacs: 1 } as const
const biases = { convBiased: 1, transposedBiased: 1, linearBiased: 1 } as const

const fvcore = {
  ...macs,
  matmulMacs: 1,
  norm: 2,
  layerNorm: 5,
  nearest: 1,
  bilinear: 4,
  adaptiveInputs: 1,
  windowedInputs: 1,
} as const satisfies Coefficients

/** What DeepSpeed's profiler counts, and calflops, which was made from it, but for what each does wrongly. */
const profiled = {
  ...twiceMacs,
  convBiased: 1,
  norm: 2,
  layerNorm: 5,
  relu: 1,
  leakyRelu: 1,
  silu: 1,
  gelu: 1,
  softmax: 1,
  sizeAreas: 1,
  globalInputs: 1,
  globalMaxInputs: 1,
  windowedInputs: 1,
  poolInputs: 1,
} as const satisfies Coefficients

/** Every convention, by name: each is checked to the digit against the tool itself. */
export const conventions: Readonly<Record<ConventionName, Convention>> = {
  authors: {
    tool: "get_model_summary, in the authors' code",
    unit: 'MACs',
    counts: outputMacs,
    says: 'multiply-accumulates of convolutions and linear layers, of one image; printed / 2^30 as GFLOPs',
    print: (macs) => `${grouped(float(macs / 2 ** 30))} GFLOPs`,
    perImage: true,
  },
  detection: {
    tool: "the authors' figures for detection, Table 5",
    unit: 'MACs',
    counts: { ...outputMacs, predictorMacs: -1 },
    says: 'the same, but of a RoI head its shared linear layers alone',
    print: (macs) => `${fixed(macs / 2 ** 30, 1)} GFLOPs`,
    perImage: true,
  },
  fvcore: {
    tool: 'fvcore 0.1.5',
    unit: 'flop',
    counts: fvcore,
    says: 'multiply-accumulates as one, batch norms 2 each, nearest resizes 1, bilinear 4, adaptive average pooling',
    print: short,
  },
  mmengine: {
    tool: 'mmengine 0.10.7',
    unit: 'flops',
    counts: fvcore,
    says: 'as fvcore, whose code it has',
    print: short,
  },
  timm: {
    tool: "timm 1.0.31's benchmark, by fvcore",
    unit: 'MACs',
    counts: { ...fvcore, adaptiveInputs: 0, globalInputs: 1 },
    says: "as fvcore, of timm's own code, whose global average pools are adaptive",
    print: (flops) => `${fixed(flops / 1e9, 2)} GMACs`,
  },
  thop: {
    tool: 'thop 0.1.1',
    unit: 'MACs',
    counts: { ...outputMacs, norm: 4, layerNorm: 4, nearestModules: 1 },
    says: 'modules alone: multiply-accumulates, batch norms 4 each, nearest resizes that are modules',
    print: (macs) => {
      const [figure, unit] = scaled(macs, (size) => macs > size)
      return `${fixed(figure, 3)}${unit || 'B'}`
    },
  },
  ptflops: {
    tool: 'ptflops 0.7.5, backend pytorch',
    unit: 'MACs',
    counts: {
      ...macs,
      ...biases,
      matmulMacs: 1,
      norm: 2,
      layerNorm: 1,
      relu: 2,
      relu6: 1,
      leakyRelu: 1,
      silu: 1,
      gelu: 2,
      softmax: 1,
      nearest: 1,
      nearestModules: 1,
      bilinear: 1,
      globalInputs: 1,
      globalMaxInputs: 1,
      windowedInputs: 1,
      poolInputs: 1,
    },
    says: 'multiply-accumulates, biases, batch norms 2 each, ReLUs and nearest modules twice, by a fault, other resizes and pooling; of one image',
    print: ptflops,
    perImage: true,
  },
  'ptflops-aten': {
    tool: 'ptflops 0.7.5, backend aten',
    unit: 'MACs',
    counts: { ...macs, ...biases, matmulMacs: 1 },
    says: 'multiply-accumulates and biases of convolutions and linear layers, of one image',
    print: ptflops,
    perImage: true,
  },
  torchinfo: {
    tool: 'torchinfo 1.8.0',
    unit: 'mult-adds',
    counts: {
      convMacs: 1,
      transposedAtOutput: 1,
      convBiased: 1,
      transposedBiased: 1,
      linearParameters: 1,
      normParameters: 1,
      layerNormParameters: 1,
    },
    says: 'multiply-accumulates and biases of convolutions and linear layers, and the parameters of batch norms, each once',
    print: (macs) => {
      const [figure, unit] = scaled(macs, (size) => macs >= size || size === 1e6)
      // As Python 3.11 and later write that enumeration; before, it is (G).
      const words = { T: 'TERA', G: 'GIGA', M: 'MEGA' }[unit]
      const shown = Number.isInteger(figure) ? String(figure) : fixed(figure, 2)
      return `Total mult-adds (Units.${words}BYTES): ${grouped(shown)}`
    },
  },
  torch: {
    tool: "PyTorch 2.15's FlopCounterMode",
    unit: 'FLOPs',
    counts: { ...twiceMacs, matmulMacs: 2 },
    says: 'two for each multiply-accumulate of convolutions and linear layers',
    print: (flops) => {
      const step = Math.min(4, Math.max(0, Math.floor((String(flops).length - 2) / 3)))
      if (step === 0) return String(flops)
      return `${fixed(flops / 1000 ** step, 3)}${['', 'K', 'M', 'B', 'T'][step]}`
    },
  },
  calflops: {
    tool: 'calflops 0.3.2',
    unit: 'FLOPs',
    counts: {
      ...profiled,
      matmulFunctions: 2,
      factorInputs: 1,
      transposedGrouped: 'uncovered',
      transposedBiased: 'uncovered',
    },
    says: 'two for each multiply-accumulate, biases of convolutions, batch norms 2 each, ReLUs, pooling, resizes by what goes in or by height × width, by faults',
    print: (flops) => `${profiler(flops)}FLOPS`,
  },
  deepspeed: {
    tool: 'deepspeed 0.19.8',
    unit: 'FLOPs',
    counts: { ...profiled, matmulMacs: 2, factorOutputs: 1, transposedBiased: 1 },
    says: 'as calflops, but resizes by a factor by what comes out',
    print: profiler,
  },
  'onnx-tool': {
    tool: "onnx-tool 1.0.1, of PyTorch's export with batch norms folded",
    unit: 'MACs',
    counts: {
      convMacs: 1,
      transposedTwice: 1,
      linearMacs: 1,
      matmulMacs: 1,
      convFolded: 1,
      transposedBiased: 1,
      linearBiased: 1,
      normUnfolded: 31,
      layerNorm: 7,
      layerNormPlaces: 29,
      relu: 1,
      relu6: 2,
      leakyRelu: 2,
      sigmoid: 32,
      tanh: 76,
      hardSigmoid: 4,
      hardSwish: 5,
      silu: 33,
      gelu: 34,
      softmax: 36,
      add: 1,
      multiply: 1,
      bilinear: 4,
      globalInputs: 1,
      adaptiveOutputs: 4,
      globalMaxInputs: 1,
      windowedInputs: 1,
      unevenInputs: 'uncovered',
      poolWindows: 1,
      boxes: 'uncovered',
    },
    says: 'instructions of arithmetic: multiply-accumulates, a bias for each convolution, ReLUs, sums, products, bilinear resizes 4, pooling',
    print: (macs) => grouped(String(macs)),
  },
}

/** `37.249G`, as fvcore's tables and mmengine have it: under the next unit from a tenth of it. */
function short(flops: number): string {
  const steps = [1e15, 1e12, 1e9, 1e6, 1e3] as const
  const step = steps.find((size) => flops > size / 10)
  if (step === undefined) return String(flops)
  const unit = { 1e15: 'P', 1e12: 'T', 1e9: 'G', 1e6: 'M', 1e3: 'K' }[step]
  return `${fixed(flops / step, 3).replace(/\.?0+$/, '')}${unit}`
}

/** `37.49 GMac`, `512 Mac`. */
function ptflops(macs: number): string {
  const [figure, unit] = scaled(macs, (size) => macs >= size && size < 1e12)
  return `${unit ? rounded(figure, 2) : figure} ${unit}Mac`
}

/** `74.17 G`. */
function profiler(flops: number): string {
  const [figure, unit] = scaled(flops)
  return `${general(Number(fixed(figure, 2)))} ${unit}`
}
