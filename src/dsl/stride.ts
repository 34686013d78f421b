/**
 * How many input pixels one step of a feature spans. Strides are looked up, not computed: the table
 * is what the editor shows, and its end is where the language ends.
 */
interface Coarsening {
  0: { 1: 0; 2: 0; 4: 0; 8: 0; 16: 0; 32: 0; 64: 0; 128: 0; 256: 0; 512: 0 }
  1: { 1: 1; 2: 2; 4: 4; 8: 8; 16: 16; 32: 32; 64: 64; 128: 128; 256: 256; 512: 512 }
  2: { 1: 2; 2: 4; 4: 8; 8: 16; 16: 32; 32: 64; 64: 128; 128: 256; 256: 512 }
  4: { 1: 4; 2: 8; 4: 16; 8: 32; 16: 64; 32: 128; 64: 256; 128: 512 }
  8: { 1: 8; 2: 16; 4: 32; 8: 64; 16: 128; 32: 256; 64: 512 }
  16: { 1: 16; 2: 32; 4: 64; 8: 128; 16: 256; 32: 512 }
  32: { 1: 32; 2: 64; 4: 128; 8: 256; 16: 512 }
  64: { 1: 64; 2: 128; 4: 256; 8: 512 }
  128: { 1: 128; 2: 256; 4: 512 }
  256: { 1: 256; 2: 512 }
  512: { 1: 512 }
}

/**
 * The stride of a feature: 1 is the input's own resolution, 512 the coarsest: DDRNet pools so far. 0 is that of a
 * feature of a size of its own, which does not follow the input's, and stays so whatever the step.
 */
export type Stride = 0 | Step
/** By how much one layer coarsens or refines. */
export type Step = 1 | 2 | 4 | 8 | 16 | 32 | 64 | 128 | 256 | 512

interface StepsDown {
  0: Step
  1: 1 | 2 | 4 | 8 | 16 | 32 | 64 | 128 | 256 | 512
  2: 1 | 2 | 4 | 8 | 16 | 32 | 64 | 128 | 256
  4: 1 | 2 | 4 | 8 | 16 | 32 | 64 | 128
  8: 1 | 2 | 4 | 8 | 16 | 32 | 64
  16: 1 | 2 | 4 | 8 | 16 | 32
  32: 1 | 2 | 4 | 8 | 16
  64: 1 | 2 | 4 | 8
  128: 1 | 2 | 4
  256: 1 | 2
  512: 1
}
/** The steps that a layer may take down from stride S; 1 from any. */
export type StepFrom<S extends Stride> = StepsDown[S]

interface StepsUp {
  0: Step
  1: 1
  2: 1 | 2
  4: 1 | 2 | 4
  8: 1 | 2 | 4 | 8
  16: 1 | 2 | 4 | 8 | 16
  32: 1 | 2 | 4 | 8 | 16 | 32
  64: 1 | 2 | 4 | 8 | 16 | 32 | 64
  128: 1 | 2 | 4 | 8 | 16 | 32 | 64 | 128
  256: 1 | 2 | 4 | 8 | 16 | 32 | 64 | 128 | 256
  512: 1 | 2 | 4 | 8 | 16 | 32 | 64 | 128 | 256 | 512
}
/** The steps that a layer may take up from stride S; 1 from any. */
export type StepUpFrom<S extends Stride> = StepsUp[S]

/** The stride that step K leads to from S; `never` past the last level. A step of 1 keeps even an unknown S. */
export type Coarser<S extends Stride, K extends Step> = [K] extends [1]
  ? S
  : S extends Stride
    ? K extends keyof Coarsening[S]
      ? Coarsening[S][K]
      : never
    : never
/** The stride from which step K leads down to S; `never` before the first level. */
export type Finer<S extends Stride, K extends Step> = [K] extends [1]
  ? S
  : S extends Stride
    ? {
        [T in Stride]: K extends keyof Coarsening[T]
          ? S extends Coarsening[T][K]
            ? T
            : never
          : never
      }[Stride]
    : never
interface Levels {
  0: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10
  1: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10
  2: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9
  4: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8
  8: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7
  16: 0 | 1 | 2 | 3 | 4 | 5 | 6
  32: 0 | 1 | 2 | 3 | 4 | 5
  64: 0 | 1 | 2 | 3 | 4
  128: 0 | 1 | 2 | 3
  256: 0 | 1 | 2
  512: 0 | 1
}
/** How many branches may stand side by side where the finest has stride S. */
export type LevelsFrom<S extends Stride> = Levels[S]

export const strides: readonly Step[] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]

/** Whether a value is a stride that follows the input, and so a step. */
export function isStride(value: unknown): value is Step {
  return strides.includes(value as Step)
}

/** The step that leads from one stride to a coarser one: none between features of sizes of their own. */
export function stepBetween(from: Stride, to: Stride): Step {
  return (from === to ? 1 : to / from) as Step
}
