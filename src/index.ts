/** heddle without Node: the language, the networks of the paper, compiling, counting, emission, pictures and answers. */

// The language: what layers pass on, and the model around them.

export { type Answer, type Gives, imagenet, type Normalisation } from './dsl/answer.js'
export { type DeployOptions, deployed } from './dsl/deployed.js'
export type { AnswerForm } from './dsl/deployed-answer.js'
export type {
  Boxes,
  Branches,
  Feature,
  FinestStride,
  Pyramid,
  Tensor,
  Tensorial,
  Tokens,
  Vector,
  Width,
  Widths,
} from './dsl/feature.js'
export { labelled } from './dsl/labelled.js'
export {
  type Calls,
  type Image,
  type ImageOptions,
  image,
  isModel,
  type Model,
  type ModelOptions,
  model,
  type Outputs,
} from './dsl/model.js'
export { withOutputs } from './dsl/outputs.js'
export { type Spelling, scope, shared, spelled } from './dsl/scope.js'
export type { Coarser, Finer, Step, StepFrom, StepUpFrom, Stride } from './dsl/stride.js'

// Layers.

export { type ForeignOptions, type ForeignResult, foreign } from './dsl/foreign.js'
export {
  type AnchorOptions,
  type AttentionOptions,
  type AveragePoolOptions,
  adaptivePool,
  add,
  anchors,
  argMax,
  attention,
  averageChannels,
  averagePool,
  type BatchNormOptions,
  batchNorm,
  type ConvOptions,
  type ConvTransposeOptions,
  channelShuffle,
  concat,
  conv,
  convTranspose,
  crossAttention,
  type DeltaOptions,
  type DepthwiseOptions,
  type Detections,
  type DetectionsOptions,
  decodeBoxes,
  depthwise,
  detections,
  feature,
  flatten,
  fromWindows,
  gelu,
  globalPool,
  hardSigmoid,
  hardSwish,
  type Interpolation,
  type LayerNormOptions,
  type LeakyReluOptions,
  type LinearOptions,
  layerNorm,
  leakyRelu,
  linear,
  type MatmulOptions,
  matmul,
  maxPool,
  mean,
  multiply,
  type Named,
  ofLabels,
  type PoolOptions,
  type ProposalOptions,
  type Proposals,
  type Proposing,
  parameter,
  pixelShuffle,
  proposals,
  type RoiAlignOptions,
  relativePositionBias,
  relu,
  relu6,
  resize,
  roiAlign,
  sigmoid,
  silu,
  softmax,
  spatialGather,
  split,
  spread,
  stateFeature,
  stateStride,
  stateWidth,
  tanh,
  tokens,
  windows,
} from './dsl/layers.js'

// Units, branches, fusion, heads.

export {
  addShortcut,
  type BottleneckOptions,
  basic,
  bnReluConv,
  bottleneck,
  type ConvModuleOptions,
  type Convolving,
  convBn,
  convBnRelu,
  convModule,
  repeat,
  separableConvBn,
  sequence,
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
  type TransitionOptions,
  transition,
  upsampleConcat,
} from './dsl/branches.js'
export { type FeaturePyramidOptions, featurePyramid } from './dsl/feature-pyramid.js'
export { fuseInPlace } from './dsl/fuse-in-place.js'
export {
  type Connection,
  type EveryToEvery,
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
export { down, downBy, type Path, same, type Target, type UpPath, up } from './dsl/path.js'

// The networks of the zoo, as functions and by name.

export type {
  ClassOptions,
  HeadOptions,
  JointOptions,
  LandmarkOptions,
  PoseOptions,
  SegmentationOptions,
} from './models/defaults.js'
export {
  type HrnetDetectorOptions,
  hrnetDetector,
  type ResNetDetectorOptions,
  resnetDetector,
} from './models/detection/detector.js'
export type { Detector, Found, FoundBy, RcnnOptions } from './models/detection/r-cnn.js'
export type { Family, ZooOptions } from './models/family.js'
export {
  type ClassificationOptions,
  hrnetC,
  hrnetCi,
  hrnetCii,
  hrnetSmallC,
} from './models/hrnet/c.js'
export { hrnetFeatures, hrnetTrunk } from './models/hrnet/features.js'
export { type ContextOptions, hrnetOcr } from './models/hrnet/ocr.js'
export type { FusionOptions } from './models/hrnet/trunk.js'
export { hrnetV1, hrnetV1h } from './models/hrnet/v1.js'
export {
  hrnetV2,
  hrnetV2Landmarks,
  hrnetV2Small,
} from './models/hrnet/v2.js'
export { type DetectionOptions, hrnetV2p, type PyramidOutputs } from './models/hrnet/v2p.js'
export { higherHrnet } from './models/pose/higher-hrnet.js'
export { hourglass } from './models/pose/hourglass.js'
export { liteHrnet } from './models/pose/lite-hrnet.js'
export { poseResnet } from './models/pose/pose-resnet.js'
export { resnetFpn } from './models/resnet/fpn.js'
export type { ResNetDepth } from './models/resnet/plan.js'
export { type ResNetClassifierOptions, resnet } from './models/resnet/resnet.js'
export type { ResNetStem } from './models/resnet/stem.js'
export type { ResNetOptions } from './models/resnet/trunk.js'
export { ddrnet } from './models/segmentation/ddrnet.js'
export { type DeepLabV3Options, deeplabV3 } from './models/segmentation/deeplab-v3.js'
export { deeplabV3Plus } from './models/segmentation/deeplab-v3-plus.js'
export { pspnet } from './models/segmentation/pspnet.js'
export { uHrnet } from './models/segmentation/u-hrnet.js'
export { unetPlusPlus } from './models/segmentation/unet-plus-plus.js'
export { hrformer } from './models/transformer/hrformer.js'
export { type HRFormerPoseOptions, hrformerPose } from './models/transformer/hrformer-pose.js'
export { families, zooModel } from './models/zoo.js'

// Compiling, counting, printing, emission.

export { type CountComparison, compareCounts, type PartPair } from './analysis/compare.js'
export { type Convention, type ConventionName, conventions } from './analysis/conventions.js'
export { type Count, countGraph, type Figures, type Part } from './analysis/count.js'
export type { ConventionFigure } from './analysis/count-under.js'
export { type OnnxFile, type OnnxOptions, toOnnx } from './build/to-onnx.js'
export { type Compilation, type CompileOptions, compile, type PassReport } from './compile.js'
export type { Graph } from './compiler/graph.js'
export type { AttributeValue, DeclaredDimension, ElementType } from './compiler/node.js'
export { print } from './compiler/print.js'
export type { Declined, Pass, Rewriting } from './compiler/rewrite.js'
export type { InputSize, Side } from './compiler/specialise.js'
export { count, countByConventions } from './count.js'
export { type Explanation, explain, type Fired, type PassExplanation } from './explain.js'
export { type FigureUnit, printFigure } from './figures.js'
export { pipeline } from './passes/pipeline.js'
export type { Progress, ProgressEvent } from './progress.js'
export type {
  Goal,
  Precision,
  Target as RuntimeTarget,
  TargetName,
  TargetRule,
} from './targets/target.js'
export { targetOf, targets } from './targets/targets.js'
export type { Weights } from './weights/source.js'

// Families of networks: counted, compared, drawn.

export { type Mark as ScatterMark, type Scatter, scatter } from './plot/scatter.js'
export { type Axis as FrontAxis, paretoFront } from './sweep/front.js'
export { expandPattern } from './sweep/pattern.js'
export {
  type Counted as CountedPoint,
  type Point as SweepPoint,
  type Shard,
  shardOf,
} from './sweep/point.js'
export { type ModelOf, type Outcome as SweepOutcome, sweep } from './sweep/sweep.js'

// Pictures and answers: what is done to pixels before a network, and with its output after.

export { type DrawOptions, drawAnswer } from './answer/draw.js'
export type { AnswerKind, FileAnswer, Preprocessing } from './answer/ends.js'
export { type PrepareOptions, preparePicture } from './answer/prepare.js'
export { type ReadOptions, readAnswer } from './answer/read.js'
export type {
  ClassGuess,
  Classification,
  ClassShare,
  LabelMap,
  PictureAnswer,
  Point,
  Points,
  Segmentation,
} from './answer/result.js'
export type { Picture, PictureSize } from './picture/picture.js'
export type { Box } from './picture/window.js'
export type { TensorData, TensorElement } from './runtime/tensor.js'

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
