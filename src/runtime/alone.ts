/** One of the threads that share it may hold it. */
export type Lock = Int32Array<SharedArrayBuffer>

export function newLock(): Lock {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
}

const [free, held] = [0, 1]

/** Does something while no other thread does anything under the same lock; the thread blocks until then. */
export async function alone<R>(lock: Lock, body: () => Promise<R>): Promise<R> {
  while (Atomics.compareExchange(lock, 0, free, held) !== free) Atomics.wait(lock, 0, held)
  try {
    return await body()
  } finally {
    Atomics.store(lock, 0, free)
    Atomics.notify(lock, 0, 1)
  }
}
