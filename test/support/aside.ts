import { cpSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { scratch } from './heddle.js'

/** heddle's runtime by itself, in a folder that has no packages but those that are linked there. */
export function aside(t: Test, packages: readonly string[]): string {
  const folder = scratch(t, { 'package.json': '{ "type": "module" }' })
  const built = fileURLToPath(new URL('../../src/', import.meta.url))
  cpSync(join(built, 'errors.js'), join(folder, 'errors.js'))
  for (const room of ['cuda', 'runtime'])
    cpSync(join(built, room), join(folder, room), { recursive: true })
  mkdirSync(join(folder, 'node_modules'))
  for (const name of packages)
    symlinkSync(join(process.cwd(), 'node_modules', name), join(folder, 'node_modules', name))
  return folder
}
