/** What may be said of CUDA where it is asked for. */
export interface CudaOptions {
  /** A folder that is looked through for CUDA's libraries before all others. */
  readonly folder?: string | undefined
  /** Whether float32 convolutions may round their operands to TF32, of 10 bits behind the point (true, as ONNX Runtime). */
  readonly tf32?: boolean | undefined
  /**
   * Engine c-api alone: the first run is captured as a CUDA graph, which later runs launch at once (false). All nodes
   * are then on the GPU, and each run feeds the shapes of the first.
   */
  readonly graph?: boolean | undefined
  /** Engine c-api alone: a convolution, its bias and its activation as one kernel of cuDNN (false). */
  readonly fuseConvBias?: boolean | undefined
  /** Engine c-api alone: convolutions with their channels last (false). */
  readonly nhwc?: boolean | undefined
}
