/** Operands whose shapes do not fit; `make` adds where. */
export class ShapeError extends Error {
  readonly remedy: string

  constructor(problem: string, remedy: string) {
    super(problem)
    this.remedy = remedy
  }
}
