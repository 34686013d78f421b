import type { Costs } from '../compiler/costs.js'
import type { Graph } from '../compiler/graph.js'
import type { Pass } from '../compiler/rewrite.js'
import type { Running } from '../compiler/running.js'
import type { Complaint } from '../errors.js'

export type TargetName = 'portable' | 'ort-cpu' | 'ort-cuda' | 'ort-web' | 'tensorrt' | 'opencv'

/** Of the numbers that a network computes with. */
export type Precision = 'float32' | 'float16' | 'int8'

/** What is wanted of a network besides its answers. */
export interface Goal {
  readonly precision: Precision
  /** Whether memory counts for more than time. */
  readonly lowMemory: boolean
}

export const usualGoal: Goal = { precision: 'float32', lowMemory: false }

/** What a runtime does not take of a network, or of the file. */
export interface TargetRule {
  readonly name: string
  /** What it asks for, for people. */
  readonly says: string
  /** What is wrong, where, and the remedy, at the first node that breaks it. */
  broken(graph: Graph): Complaint | undefined
}

/** How a runtime's session is best opened. */
export interface SessionHints {
  /** ONNX Runtime's `enableMemPattern`: one block of memory, planned ahead. */
  readonly memoryPattern: boolean
}

/** ONNX's operator sets, by their versions. */
export interface Opsets {
  readonly least: number
  /** Where none is asked for. */
  readonly usual: number
  readonly most: number
}

/** All that heddle writes; 17 is what most runtimes know (its files are IR 8, which `onnx/emit.ts` says). */
export const everywhere: Opsets = { least: 13, usual: 17, most: 21 }

/** A runtime that a network is built for. */
export interface Target {
  readonly name: TargetName
  /** In one line, for people. */
  readonly what: string
  readonly opset: Opsets
  readonly precisions: readonly Precision[]
  readonly costs: Costs
  readonly rules: readonly TargetRule[]
  /** Whether it runs operations side by side, on streams that a file names. */
  readonly takesStreams?: true
  /** In which order it runs what a file lists. */
  readonly running: Running
  session(goal: Goal): SessionHints
  /** What a network goes through in exact arithmetic, before it is narrowed to the precision, and ordered (`ordered`). */
  passes(goal: Goal): readonly Pass[]
}
