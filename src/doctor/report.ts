import type { Devices } from '../cuda/devices.js'
import type { CudaLibrary } from '../cuda/libraries.js'
import type { Trial } from '../runtime/trial.js'

/** A package of npm that is installed, and where. */
export interface Installed {
  readonly version: string
  readonly path: string
}

/** The provider's own files, and CUDA's libraries, in the order in which they are loaded. */
export interface CudaReport {
  /** Where the provider's files belong; none where onnxruntime-node has no library for this system. */
  readonly folder: string | undefined
  /** Those of its files that are not there. */
  readonly missing: readonly string[]
  /** Whether they are of onnxruntime-node's version; unknown where they are missing. */
  readonly fits: boolean | undefined
  readonly libraries: readonly CudaLibrary[]
}

/** What there is on a machine to run networks with. */
export interface MachineReport {
  /** Whether networks run at all: on the CPU. */
  readonly ok: boolean
  /** The one thing to do next, in one line. */
  readonly next: string
  readonly node: { readonly version: string; readonly system: string }
  /** Nothing where it is not installed. */
  readonly runtime: Installed | undefined
  /** For the engine c-api alone. */
  readonly koffi: Installed | undefined
  readonly nvidia: Devices
  readonly cuda: CudaReport | undefined
  /** What became of each provider; none where there is no runtime. */
  readonly providers: readonly Trial[]
  /** Free where the provider's files belong, in bytes. */
  readonly disk: { readonly folder: string; readonly free: number }
}
