import type { OptionNames } from '../../dsl/expect.js'

/** For networks that tell classes apart in every pixel. */
export interface SegmenterOptions {
  readonly classes?: number
}

export const segmenterOptions: OptionNames<SegmenterOptions> = { classes: true }
