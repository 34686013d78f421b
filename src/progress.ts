/**
 * What long work tells of itself: `done` of `total`, bytes while fetching and writing, steps elsewhere. Loads and
 * runs, which take turns, are steps of one count.
 */
export interface ProgressEvent {
  readonly phase: 'compile' | 'count' | 'calibrate' | 'fetch' | 'write' | 'load' | 'run'
  readonly done: number
  readonly total: number
}

export type Progress = (event: ProgressEvent) => void
