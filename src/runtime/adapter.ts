import { readdirSync, readFileSync } from 'node:fs'

/** What WebGPU computes on, where that is known. */
export interface Adapter {
  readonly name: string
  /** Whether it is a processor, not a GPU. */
  readonly software: boolean
}

/**
 * What the WebGPU sessions of this process run on, once one is open. ONNX Runtime says nothing of it, at any log level.
 * What can be known, on Linux: Mesa's software Vulkan begins threads of its name once a device on it is made, and not
 * before (on one core it has none). Nothing where that is not seen: it is a GPU then, most likely.
 */
export function adapterHere(): Adapter | undefined {
  return threadNames().some((name) => name.startsWith('llvmpipe-'))
    ? { name: 'llvmpipe', software: true }
    : undefined
}

function threadNames(): readonly string[] {
  try {
    const tasks = '/proc/self/task'
    return readdirSync(tasks).map((task) => readFileSync(`${tasks}/${task}/comm`, 'utf8'))
  } catch {
    // No Linux, or a thread that ended meanwhile.
    return []
  }
}
