import { totalmem } from 'node:os'

/** Bytes of memory: of the machine, or of the container around this process. */
export function memoryHere(): number {
  const container = process.constrainedMemory?.() ?? 0
  return container > 0 ? Math.min(container, totalmem()) : totalmem()
}
