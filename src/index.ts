/** heddle without Node: the language, the networks of the paper, compiling, counting, printing, emission. */

// The language: what layers pass on, and the model around them.

export type {
  Branches,
  Feature,
  FinestStride,
  Pyramid,
  Tensor,
  Tensorial,
  Vector,
  Width,
  Widths,
} from './dsl/feature.js'
export {
  type Image,
  type ImageOptions,
  image,
  isModel,
  type Model,
  model,
  type Outputs,
} from './dsl/model.js'
export { scope, shared } from './dsl/scope.js'
export type { Coarser, Finer, Step, StepFrom, StepUpFrom, Stride } from './dsl/stride.js'

// Layers.

export { type ForeignOptions, type ForeignResult, foreign } from './dsl/foreign.js'
export {
  type AveragePoolOptions,
  add,
  averagePool,
  type BatchNormOptions,
  batchNorm,
  type ConvOptions,
  type ConvTransposeOptions,
  concat,
  conv,
  convTranspose,
  gelu,
  globalPool,
  hardSigmoid,
  hardSwish,
  type Interpolation,
  type LeakyReluOptions,
  type LinearOptions,
  leakyRelu,
  linear,
  maxPool,
  multiply,
  type Named,
  type PoolOptions,
  parameter,
  relu,
  relu6,
  resize,
  sigmoid,
  silu,
  split,
  spread,
  stateFeature,
  stateStride,
  stateWidth,
  tanh,
} from './dsl/layers.js'

// Units, branches, fusion, heads.

export {
  addShortcut,
  basic,
  bottleneck,
  convBn,
  convBnRelu,
  repeat,
  type Unit,
  type UnitOf,
  type UnitOptions,
  unit,
} from './dsl/blocks.js'
export {
  type BlockOptions,
  type BranchOptions,
  fourBasic,
  fourBottleneck,
  multiResolutionBlock,
  type OneOrEach,
  type StageOptions,
  stage,
  transition,
  upsampleConcat,
} from './dsl/branches.js'
export {
  type Connection,
  everyToEvery,
  type Fused,
  type FuseOptions,
  type Fusion,
  fuse,
} from './dsl/fusion.js'
export {
  type ConvHeadOptions,
  classificationHead,
  convHead,
  type DenseHeadOptions,
  denseHead,
  descend,
  type NormedHeadOptions,
  type PyramidOptions,
  pyramidNeck,
  widen,
} from './dsl/heads.js'
export { down, type Path, same, type Target, type UpPath, up } from './dsl/path.js'

// The networks of the paper, as functions and by name.

export type {
  HeadOptions,
  LandmarkOptions,
  PoseOptions,
  SegmentationOptions,
} from './models/defaults.js'
export type { Family, ZooOptions } from './models/family.js'
export {
  type ClassificationOptions,
  hrnetC,
  hrnetCi,
  hrnetCii,
  hrnetSmallC,
} from './models/hrnet-c.js'
export { hrnetFeatures, hrnetTrunk } from './models/hrnet-features.js'
export { hrnetV1, hrnetV1h } from './models/hrnet-v1.js'
export {
  hrnetV2,
  hrnetV2Landmarks,
  hrnetV2Small,
} from './models/hrnet-v2.js'
export { type DetectionOptions, hrnetV2p, type PyramidOutputs } from './models/hrnet-v2p.js'
export type { FusionOptions } from './models/trunk.js'
export { families, zooModel } from './models/zoo.js'

// Compiling, counting, printing, emission.

export { type Count, countGraph, type Figures, type Part } from './analysis/count.js'
export { type FigureUnit, printFigure } from './analysis/figures.js'
export { type OnnxFile, type OnnxOptions, toOnnx } from './build/to-onnx.js'
export { type Compilation, type CompileOptions, compile, type PassReport } from './compile.js'
export type { Graph } from './compiler/graph.js'
export type { AttributeValue, DeclaredDimension, ElementType } from './compiler/node.js'
export { print } from './compiler/print.js'
export type { Declined, Pass, Rewriting } from './compiler/rewrite.js'
export type { InputSize, Side } from './compiler/specialise.js'
export { count } from './count.js'
export { pipeline } from './passes/pipeline.js'
export type { Progress, ProgressEvent } from './progress.js'
export type { Weights } from './weights/source.js'

// Errors.

export { type RuleName, rules } from './dsl/rules.js'
export {
  HeddleError,
  InputError,
  InternalError,
  type Location,
  NetworkError,
  printLocation,
  RuntimeError,
} from './errors.js'
