/** heddle with Node: building to files, verifying, files of weights, sessions of ONNX Runtime, files of pictures. */

export {
  type Answered,
  type AnswerOptions,
  type Network,
  type NetworkOptions,
  openNetwork,
} from './answer/network.js'
export { type RunPictureOptions, readPicture, runPicture } from './answer/run-picture.js'
export { type BuildOptions, type BuildReport, build } from './build/build.js'
export type { Calibration } from './build/to-onnx.js'
export type { BindOptions, CheckpointWeights } from './checkpoint/bind.js'
export {
  type ConvertOptions,
  type ConvertReport,
  convertCheckpoint,
} from './checkpoint/convert.js'
export type { Fit } from './checkpoint/fits.js'
export { type Inspection, inspectCheckpoint } from './checkpoint/inspect.js'
export { type Checkpoint, type CheckpointOptions, openCheckpoint } from './checkpoint/open.js'
export type { Shown } from './checkpoint/shown.js'
export { examineMachine } from './doctor/examine.js'
export type { CudaReport, Installed, MachineReport } from './doctor/report.js'
export { type DecodeOptions, decodePicture } from './picture/decode.js'
export { encodePng } from './picture/encode.js'
export type { Progress, ProgressEvent } from './progress.js'
export type { Comparison } from './runtime/compare.js'
export { instructionsHere } from './runtime/instructions.js'
export type { EngineName, Provider, ProviderChoice, ProviderOptions } from './runtime/provider.js'
export type { RanOn } from './runtime/ran-on.js'
export { openSession, type Session, type SessionOptions } from './runtime/session.js'
export type { Port, TensorData, TensorElement, Tensors } from './runtime/tensor.js'
export { type Certificate, certify } from './verify/certificate/certificate.js'
export {
  type CertificateCheck,
  checkCertificate,
  readCertificate,
} from './verify/certificate/check.js'
export type { FeatureComparison, FeatureReport } from './verify/features.js'
export type { OutputComparison, PassVerdict, Verdict } from './verify/report.js'
export type { Unproved } from './verify/unproved.js'
export { type VerifyOptions, type VerifyReport, verify } from './verify/verify.js'
export { type FileReport, type VerifyFileOptions, verifyFile } from './verify/verify-file.js'
export type { StoredTensor } from './weights/formats/tensor-file.js'
export type { LayoutName } from './weights/layouts/layout.js'
