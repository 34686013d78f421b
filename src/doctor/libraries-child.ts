import { writeSync } from 'node:fs'
import { loadLibrary } from '../cuda/load.js'

/** Loads libraries, its arguments, and tells of each at once: the next may end this process. */
for (const path of process.argv.slice(2))
  writeSync(3, `${JSON.stringify(loadLibrary(path) ?? null)}\n`)
