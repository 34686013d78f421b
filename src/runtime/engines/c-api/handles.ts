import type { OrtApi, Pointer } from './functions.js'

/** Things of ONNX Runtime's, released together, the latest first. */
export interface Handles {
  /** What `make` puts into the cell that it is given, to be released by `release`. */
  made(make: (cell: BigUint64Array) => void, release: (handle: Pointer) => void): Pointer
  release(): void
}

export function handles(): Handles {
  const releases: (() => void)[] = []
  return {
    made(make, release) {
      const handle = given(make)
      releases.push(() => release(handle))
      return handle
    },
    release() {
      for (let next = releases.pop(); next; next = releases.pop()) next()
    },
  }
}

/** What a function of the C API gives back through a pointer of eight bytes: an address, or a count. */
export function given(make: (cell: BigUint64Array) => void): bigint {
  const cell = new BigUint64Array(1)
  make(cell)
  return cell[0] as bigint
}

/** A tensor's element type, by ONNX's number, and its sides (-1 where only a run knows one). */
export function typeAndSides(ort: OrtApi, info: Pointer): readonly [number, BigInt64Array] {
  const type = new Int32Array(1)
  ort.GetTensorElementType(info, type)
  const sides = new BigInt64Array(Number(given((cell) => ort.GetDimensionsCount(info, cell))))
  ort.GetDimensions(info, sides, sides.length)
  return [type[0] as number, sides]
}
