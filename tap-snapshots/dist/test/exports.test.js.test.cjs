/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`dist/test/exports.test.js > TAP > the names that the package exports change on purpose only > heddle 1`] = `
HeddleError
InputError
InternalError
NetworkError
RuntimeError
adaptivePool
add
addShortcut
anchors
argMax
attention
averageChannels
averagePool
basic
batchNorm
bnReluConv
bottleneck
channelShuffle
classificationHead
compareCounts
compile
concat
conv
convBn
convBnRelu
convHead
convModule
convTranspose
conventions
count
countByConventions
countGraph
crossAttention
ddrnet
decodeBoxes
deeplabV3
deeplabV3Plus
denseHead
deployed
depthwise
descend
detections
down
downBy
drawAnswer
everyToEvery
expandPattern
explain
families
feature
featurePyramid
flatten
foreign
fourBasic
fourBottleneck
fromWindows
fuse
fuseInPlace
gelu
globalPool
hardSigmoid
hardSwish
higherHrnet
hourglass
hrformer
hrformerPose
hrnetC
hrnetCi
hrnetCii
hrnetDetector
hrnetFeatures
hrnetOcr
hrnetSmallC
hrnetTrunk
hrnetV1
hrnetV1h
hrnetV2
hrnetV2Landmarks
hrnetV2Small
hrnetV2p
image
imagenet
isModel
labelled
layerNorm
leakyRelu
linear
liteHrnet
matmul
maxPool
mean
model
multiResolutionBlock
multiply
ofLabels
parameter
paretoFront
pipeline
pixelShuffle
poseResnet
preparePicture
print
printFigure
printLocation
proposals
pspnet
pyramidNeck
readAnswer
relativePositionBias
relu
relu6
repeat
resize
resnet
resnetDetector
resnetFpn
roiAlign
rules
same
scatter
scope
separableConvBn
sequence
shardOf
shared
sigmoid
silu
softmax
spatialGather
spelled
split
spread
stage
stateFeature
stateStride
stateWidth
sweep
tanh
targetOf
targets
toOnnx
tokens
transition
type AnchorOptions
type Answer
type AnswerForm
type AnswerKind
type AttentionOptions
type AttributeValue
type AveragePoolOptions
type BatchNormOptions
type BlockOptions
type BottleneckOptions
type Box
type Boxes
type BranchOptions
type Branches
type Calls
type ClassGuess
type ClassOptions
type ClassShare
type Classification
type ClassificationOptions
type Coarser
type Compilation
type CompileOptions
type Connection
type ContextOptions
type ConvHeadOptions
type ConvModuleOptions
type ConvOptions
type ConvTransposeOptions
type Convention
type ConventionFigure
type ConventionName
type Convolving
type Count
type CountComparison
type CountedPoint
type DeclaredDimension
type Declined
type DeepLabV3Options
type DeltaOptions
type DenseHeadOptions
type DeployOptions
type DepthwiseOptions
type DetectionOptions
type Detections
type DetectionsOptions
type Detector
type DrawOptions
type ElementType
type EveryToEvery
type Explanation
type Family
type Feature
type FeaturePyramidOptions
type FigureUnit
type Figures
type FileAnswer
type Finer
type FinestStride
type Fired
type ForeignOptions
type ForeignResult
type Found
type FoundBy
type FrontAxis
type FuseOptions
type Fused
type Fusion
type FusionOptions
type Gives
type Goal
type Graph
type HRFormerPoseOptions
type HeadOptions
type HrnetDetectorOptions
type Image
type ImageOptions
type InputSize
type Interpolation
type JointOptions
type LabelMap
type LandmarkOptions
type LayerNormOptions
type LeakyReluOptions
type LinearOptions
type Location
type MatmulOptions
type Model
type ModelOf
type ModelOptions
type Named
type Normalisation
type NormedHeadOptions
type OneOrEach
type OnnxFile
type OnnxOptions
type Outputs
type Part
type PartPair
type Pass
type PassExplanation
type PassReport
type Path
type Picture
type PictureAnswer
type PictureSize
type Point
type Points
type PoolOptions
type PoseOptions
type Precision
type PrepareOptions
type Preprocessing
type Progress
type ProgressEvent
type ProposalOptions
type Proposals
type Proposing
type Pyramid
type PyramidOptions
type PyramidOutputs
type RcnnOptions
type ReadOptions
type ResNetClassifierOptions
type ResNetDepth
type ResNetDetectorOptions
type ResNetOptions
type ResNetStem
type Rewriting
type RoiAlignOptions
type RuleName
type RuntimeTarget
type Scatter
type ScatterMark
type Segmentation
type SegmentationOptions
type Shard
type Side
type Spelling
type StageOptions
type Step
type StepFrom
type StepUpFrom
type Stride
type SweepOutcome
type SweepPoint
type Target
type TargetName
type TargetRule
type Tensor
type TensorData
type TensorElement
type Tensorial
type Tokens
type TransitionOptions
type Unit
type UnitOf
type UnitOptions
type UpPath
type Vector
type Weights
type Width
type Widths
type ZooOptions
uHrnet
unetPlusPlus
unit
up
upsampleConcat
widen
windows
withOutputs
zooModel
`

exports[`dist/test/exports.test.js > TAP > the names that the package exports change on purpose only > heddle/node 1`] = `
build
certify
checkCertificate
convertCheckpoint
decodePicture
encodePng
examineMachine
inspectCheckpoint
instructionsHere
openCheckpoint
openNetwork
openSession
readCertificate
readPicture
runPicture
type AnswerOptions
type Answered
type BindOptions
type BuildOptions
type BuildReport
type Calibration
type Certificate
type CertificateCheck
type Checkpoint
type CheckpointOptions
type CheckpointWeights
type Comparison
type ConvertOptions
type ConvertReport
type CudaReport
type DecodeOptions
type EngineName
type FeatureComparison
type FeatureReport
type FileReport
type Fit
type Inspection
type Installed
type LayoutName
type MachineReport
type Network
type NetworkOptions
type OutputComparison
type PassVerdict
type Port
type Progress
type ProgressEvent
type Provider
type ProviderChoice
type ProviderOptions
type RanOn
type RunPictureOptions
type Session
type SessionOptions
type Shown
type StoredTensor
type TensorData
type TensorElement
type Tensors
type Unproved
type Verdict
type VerifyFileOptions
type VerifyOptions
type VerifyReport
verify
verifyFile
`
