/** heddle with Node: building to files, verifying, sessions of ONNX Runtime. */

export { type BuildOptions, type BuildReport, build } from './build/build.js'
export type { Progress, ProgressEvent } from './progress.js'
export type { Comparison } from './runtime/compare.js'
export { openSession, type Session, type SessionOptions } from './runtime/session.js'
export type { Port, TensorData, TensorElement, Tensors } from './runtime/tensor.js'
export type { FeatureComparison, FeatureReport } from './verify/features.js'
export { type VerifyOptions, type VerifyReport, verify } from './verify/verify.js'
export { type FileReport, type VerifyFileOptions, verifyFile } from './verify/verify-file.js'
