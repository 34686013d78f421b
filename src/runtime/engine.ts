import type { CudaOptions } from '../cuda/options.js'
import type { Complaint } from '../errors.js'
import type { EngineName, Provider } from './provider.js'
import type { Port, Tensors } from './tensor.js'

/** One model in ONNX Runtime, in the thread that calls it: what a session runs in its worker. */
export interface Engine {
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
  /** Of ONNX Runtime. */
  readonly version: string
  /** Runs once; calls do not overlap. */
  run(feeds: Tensors, fetches: readonly string[]): Promise<Tensors>
  /** Ends the profile that was asked for: its file is then in the folder. */
  endProfile(): void
  close(): Promise<void>
}

export interface EngineOptions {
  readonly model: Uint8Array | string
  readonly engine: EngineName
  readonly provider: Provider
  readonly cuda: CudaOptions
  /** ONNX Runtime's own graph optimiser: all of it, or none. */
  readonly optimize: boolean
  readonly threads: number | undefined
  readonly memoryPattern: boolean
  /** A file that says which nodes run on which stream of a GPU (`partitionConfig`); the optimiser is off then. */
  readonly partition: string | undefined
  /** An empty folder for ONNX Runtime's profile, from which alone one learns where each node ran. */
  readonly profile: string | undefined
  /** The user's folder: where the runtime is looked for if heddle has none beside it. */
  readonly folder: string
}

/** What the thread was about when it failed. */
export type Step = 'find' | 'import' | 'open' | 'run'

/** How a step failed. */
export interface Failed {
  readonly during: Step
  readonly message: string
  /** What heddle itself threw in the thread: it reaches the caller whole. */
  readonly complaint?: Complaint | undefined
}

/** Opens an engine; `during` is told of each step before it begins. */
export type OpenEngine = (options: EngineOptions, during: (step: Step) => void) => Promise<Engine>
