import type { Provider } from '../../src/runtime/provider.js'
import type { Machine } from '../machine.js'
import type { Sitting } from './plan.js'
import type { Peaks } from './roofline.js'

/** What one member of a sitting came to. */
export type Cell = Measured | Failed

export interface Failed {
  readonly member: string
  /** Why there is nothing to tell: it could not be opened, or its answer was wrong. */
  readonly error: string
}

export interface Measured {
  readonly member: string
  /** From the host's memory to the host's memory: the median of each round, in milliseconds. */
  readonly rounds: readonly number[]
  /** The same where input and output stay on the device; PyTorch's alone. */
  readonly deviceRounds?: readonly number[]
  /** Runs of a round. */
  readonly runs: number
  /** Of the answer, against float32 on the CPU: max |Δ| / max |reference|, and of the roots of the mean squares. */
  readonly difference: { readonly largest: number; readonly rms: number }
  /** Seconds until it was open, compiled, and had answered for the first time. */
  readonly openSeconds: number
  /** What the memory of the device that is in use grew by when it was opened and had run. */
  readonly heldBytes?: number
  /** What PyTorch's allocator had given out at the most. */
  readonly allocatedBytes?: number
  /**
   * Calls that launch, and what they launch: kernels by PyTorch's profiler; of heddle's files, kernels and calls of
   * cuDNN, as the costs of `ort-cuda` count them.
   */
  readonly launches?: number
  readonly kernels?: number
  /** By PyTorch's profiler: of kernels, and of copies to and from the host. */
  readonly kernelMs?: number
  readonly copyMs?: number
  /** Why the profiler told nothing. */
  readonly lookError?: string
  /** What ONNX Runtime's profile says that it ran on. */
  readonly provider?: Provider | 'none'
  /** Of ONNX Runtime. */
  readonly version?: string
}

/** What the device is, as PyTorch and nvidia-smi say. */
export interface Device {
  readonly name: string
  readonly memory?: number
  readonly multiprocessors?: number
  readonly cuda?: string
  readonly cudnn?: number
  readonly driver?: string
  readonly torch: string
  /** The version of torch_tensorrt, or why there is none. */
  readonly tensorrt: string
}

/** A line of a journal: what a run found out, as soon as it did. */
export type Line =
  | {
      readonly kind: 'start'
      readonly machine: Machine
      readonly device: Device
      /** Measured on the spot. */
      readonly peaks: Peaks
    }
  | { readonly kind: 'begin'; readonly id: string }
  | {
      readonly kind: 'sat'
      readonly id: string
      readonly cells: readonly Cell[]
      /** Of the input and the output, between ordinary memory of the host and the device. */
      readonly copyMs?: number
    }

export type Sat = Extract<Line, { readonly kind: 'sat' }>
export type Start = Extract<Line, { readonly kind: 'start' }>

export function isMeasured(cell: Cell): cell is Measured {
  return 'rounds' in cell
}

/** How often a sitting is begun that never comes to its end, or in which something failed, before it is given up. */
const tries = 2

/** What is still to be measured, by a journal; what did not come to a good end the first time comes last. */
export function remaining(all: readonly Sitting[], journal: readonly Line[]): readonly Sitting[] {
  const begun = (id: string): number =>
    journal.filter((line) => line.kind === 'begin' && line.id === id).length
  const whole = new Set(
    journal.flatMap((line) => (line.kind === 'sat' && line.cells.every(isMeasured) ? line.id : [])),
  )
  const left = all.filter(({ id }) => !whole.has(id) && begun(id) < tries)
  const again = (one: Sitting): boolean => begun(one.id) > 0
  return [...left.filter((one) => !again(one)), ...left.filter(again)]
}

/** The lines of a journal; the last may be broken off. */
export function readJournal(text: string): readonly Line[] {
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as Line]
    } catch {
      return []
    }
  })
}
