import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { registerHooks } from '../../src/cli/load.js'

/**
 * Runs files of TypeScript one after another in one process, each in its folder and as heddle runs a user's,
 * and prints as JSON what each printed and, where it throws, its error.
 */

export interface Ran {
  readonly printed: string
  readonly threw?: string
}

await registerHooks()
const write = process.stdout.write.bind(process.stdout)
const all: Ran[] = []
for (const file of process.argv.slice(2)) {
  let printed = ''
  process.chdir(dirname(file))
  process.stdout.write = (chunk: string | Uint8Array): boolean => {
    printed += chunk
    return true
  }
  try {
    await import(pathToFileURL(file).href)
    all.push({ printed })
  } catch (error) {
    all.push({
      printed,
      threw: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    })
  }
}
write(JSON.stringify(all))
