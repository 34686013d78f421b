/** What may be said of CUDA where it is asked for. */
export interface CudaOptions {
  /** A folder that is looked through for CUDA's libraries before all others. */
  readonly folder?: string | undefined
  /** Whether float32 convolutions may round their operands to TF32, of 10 bits behind the point (true, as ONNX Runtime). */
  readonly tf32?: boolean | undefined
}
