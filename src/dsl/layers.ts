/** All layers, by what they do. */
export {
  type AttentionOptions,
  attention,
  type MatmulOptions,
  matmul,
  relativePositionBias,
} from './attention.js'
export {
  type AnchorOptions,
  anchors,
  type DeltaOptions,
  decodeBoxes,
} from './boxes.js'
export { add, concat, multiply, split } from './combine.js'
export { crossAttention, spatialGather } from './context.js'
export {
  type ConvOptions,
  type ConvTransposeOptions,
  conv,
  convTranspose,
  type DepthwiseOptions,
  depthwise,
  type LinearOptions,
  linear,
} from './convolution.js'
export { type Detections, type DetectionsOptions, detections } from './detections.js'
export { mean } from './mean.js'
export { parameter } from './parameter.js'
export {
  type BatchNormOptions,
  batchNorm,
  gelu,
  hardSigmoid,
  hardSwish,
  type LayerNormOptions,
  type LeakyReluOptions,
  layerNorm,
  leakyRelu,
  relu,
  relu6,
  sigmoid,
  silu,
  tanh,
} from './pointwise.js'
export {
  type AveragePoolOptions,
  adaptivePool,
  averageChannels,
  averagePool,
  globalPool,
  maxPool,
  type PoolOptions,
} from './pool.js'
export { type ProposalOptions, type Proposals, type Proposing, proposals } from './proposals.js'
export { flatten, ofLabels, type RoiAlignOptions, roiAlign } from './regions.js'
export { type Interpolation, resize, spread } from './resize.js'
export type { Named } from './scope.js'
export { argMax, softmax } from './scores.js'
export { channelShuffle, pixelShuffle } from './shuffle.js'
export { stateFeature, stateStride, stateWidth } from './state.js'
export { feature, fromWindows, tokens, windows } from './tokens.js'
