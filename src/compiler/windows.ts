/** Where a window lies along a side: from, and until before. */
export interface Window {
  readonly from: number
  readonly until: number
}

/** The windows of an adaptive pooling along a side: floor(i·in/out) … ceil((i + 1)·in/out). */
export function adaptiveWindows(size: number, out: number): readonly Window[] {
  return Array.from({ length: out }, (_, i) => ({
    from: Math.floor((i * size) / out),
    until: Math.ceil(((i + 1) * size) / out),
  }))
}

/** How many elements the longest window has. */
export function longest(windows: readonly Window[]): number {
  return Math.max(...windows.map(({ from, until }) => until - from))
}
