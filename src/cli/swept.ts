import type { ConventionName } from '../analysis/conventions.js'
import type { HeddleError } from '../errors.js'
import type { ZooOptions } from '../models/family.js'
import type { Axis } from '../sweep/front.js'
import type { Measured } from '../sweep/measured.js'
import type { Counted, Point, Shard } from '../sweep/point.js'

/** The options of `heddle sweep`, as commander hands them over. */
export interface SweepOptions extends ZooOptions {
  /** [height, width] of each. */
  readonly input?: readonly (readonly [number, number])[]
  readonly batch?: readonly number[]
  readonly convention?: readonly ConventionName[]
  readonly least?: readonly string[]
  readonly most?: readonly string[]
  readonly measured?: string
  readonly out?: string
  readonly plot?: string
  readonly shard?: Shard
  readonly json?: true
}

/** What a sweep has found. */
export interface Swept {
  /** In the order of the points; last, what files of results have beside them. */
  readonly networks: readonly Counted[]
  readonly front: readonly Counted[]
  readonly axes: readonly Axis<Counted>[]
  readonly measured: Measured | undefined
  readonly refused: readonly { readonly point: Point; readonly error: HeddleError }[]
  /** How many of the networks were counted now. */
  readonly counted: number
}
