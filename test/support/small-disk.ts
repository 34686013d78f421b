import { spawnSync } from 'node:child_process'
import type { Test } from 'tap'
import { scratch } from './heddle.js'

export interface SmallDisk {
  readonly folder: string
  /** From here on nothing can be written to it. */
  lock(): void
}

function mount(...words: readonly string[]): boolean {
  return spawnSync('mount', words, { stdio: 'ignore' }).status === 0
}

/**
 * A disk of some KiB, in memory, until the test ends; nothing where this process may not mount one: in containers
 * and CI it mostly may not.
 */
export function smallDisk(t: Test, kib: number): SmallDisk | undefined {
  const folder = scratch(t)
  if (!mount('-t', 'tmpfs', '-o', `size=${kib}k`, 'heddle-test', folder)) return undefined
  t.teardown(() => spawnSync('umount', [folder]))
  return {
    folder,
    lock: () => {
      if (!mount('-o', 'remount,ro', folder)) throw new Error(`${folder} cannot be locked`)
    },
  }
}
