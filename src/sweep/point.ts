import type { Figures } from '../analysis/count.js'
import type { ZooOptions } from '../models/family.js'
import { optionText } from '../spelling.js'

/** A network at a size: one of those that a sweep counts. */
export interface Point {
  /** A name of the zoo, or whatever `modelOf` of the sweep takes. */
  readonly network: string
  /** What is asked of it; what is left at its default is not here. */
  readonly options?: ZooOptions
  /** [height, width]; the network's own where it is left out. */
  readonly input?: readonly [number, number] | undefined
  /** Images at once (1). */
  readonly batch?: number
}

/** A point that was counted. */
export interface Counted extends Figures {
  readonly network: string
  /** `--classes 2`, as the command line takes it; empty where nothing was asked for. */
  readonly options: string
  /** `512x1024`: height × width, the network's own where none was asked for. */
  readonly input: string
  readonly batch: number
  /** What tools count of it, by the conventions that were asked for. */
  readonly conventions: Readonly<Record<string, number>>
}

/** What was asked of a network, as the command line takes it. */
export function optionsText({ options = {} }: Point): string {
  return Object.entries(options)
    .flatMap(([name, value]) => (value === undefined ? [] : [optionText(name, value)]))
    .join(' ')
}

/** `512x1024`. */
export function inputText([height, width]: readonly [number, number]): string {
  return `${height}x${width}`
}

/** The same text for the same network at the same size, and for no other. */
export function keyOf(one: Pick<Counted, 'network' | 'options' | 'input' | 'batch'>): string {
  return [one.network, one.options, one.input, one.batch].join('\n')
}

/**
 * The share of one machine of several, as `3/16`: every 16th point, from the third. The shares of 1/16 to 16/16 have no
 * point in common and are all points together, and each has networks of every family.
 */
export interface Shard {
  /** From 1. */
  readonly part: number
  readonly of: number
}

export function shardOf<T>(points: readonly T[], { part, of }: Shard): readonly T[] {
  return points.filter((_, i) => i % of === part - 1)
}
