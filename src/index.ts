/** heddle without Node: the language, the networks, and what is known of any error. */

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
// The language: features and what layers make of them.
export type {
  Branches,
  Consecutive,
  Feature,
  FinestStride,
  NonEmpty,
  Pyramid,
  Tensor,
  Tensorial,
  Vector,
  Width,
  Widths,
} from './dsl/feature.js'
export { type ForeignOptions, type ForeignResult, foreign } from './dsl/foreign.js'
export {
  type Connection,
  down,
  everyToEvery,
  type Fused,
  type FuseOptions,
  type Fusion,
  fuse,
  type Path,
  same,
  type Target,
  type UpPath,
  up,
} from './dsl/fusion.js'
export {
  classificationHead,
  convHead,
  denseHead,
  descend,
  type PyramidOptions,
  pyramidNeck,
  widen,
} from './dsl/heads.js'
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
  stateStride,
  stateWidth,
  tanh,
} from './dsl/layers.js'
export {
  type Image,
  type ImageOptions,
  image,
  isModel,
  type Model,
  model,
  type Outputs,
} from './dsl/model.js'
export { type RuleName, rules } from './dsl/rules.js'
export { scope, shared } from './dsl/scope.js'
export type { Coarser, Finer, Step, Stride } from './dsl/stride.js'
// Errors.
export {
  HeddleError,
  InputError,
  InternalError,
  type Location,
  NetworkError,
  printLocation,
  RuntimeError,
} from './errors.js'
