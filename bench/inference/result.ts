import type { Machine } from '../machine.js'
import type { Timing } from './measure.js'
import type { Difference } from './runner.js'
import type { Group } from './variants.js'

/** What one variant of a network came to, against the one that it is compared with. */
export interface Result {
  readonly network: string
  readonly group: Group['name']
  readonly reference: string
  readonly variant: string
  /** Nothing where the variant is the same network as its reference: there is nothing to measure. */
  readonly measured?: Measured
}

export interface Measured {
  /** By the number of threads. */
  readonly timings: Readonly<Record<string, Timing>>
  readonly difference: Difference
  /** How far 2 % of noise in the image moves the output: the root mean square, over the output's. */
  readonly noise: number
  /** Bytes, the reference's and its own. */
  readonly peaks: readonly [reference: number, own: number]
}

/** All of a run, as it is kept in bench/records. */
export interface InferenceRecord {
  readonly machine: Machine
  readonly note?: string
  /** How long it took, in seconds. */
  readonly seconds: number
  readonly results: readonly Result[]
}

/** What is hoped for. */
export interface Aim {
  readonly of: 'wall' | 'peak'
  readonly least?: number
  readonly most?: number
}

/** Ratios of time within 3 % of 1 are no difference. */
const notSlower = 0.97

export function aimsOf({ network, variant }: Pick<Result, 'network' | 'variant'>): readonly Aim[] {
  const w48 = network === 'hrnet-v2-w48'
  if (variant === 'ort-cpu') return [{ of: 'wall', least: w48 ? 1.08 : notSlower }]
  if (variant === 'ort-cpu, low memory') return w48 ? [{ of: 'peak', most: 0.65 }] : []
  if (variant === 'ort-cpu, int8') return [{ of: 'wall', least: 2.7 }]
  return []
}
