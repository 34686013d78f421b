import { type Ended, ended, start } from './plain-node.js'

/** What `npm test` tells its children would make them work in this package's folder. */
const untold = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => /^npm_/i.test(name))
    .map((name) => [name, undefined]),
)

/** Runs a program as a user does in a folder of their own. */
export function program(words: readonly string[], cwd: string): Promise<Ended> {
  return ended(start(words, { cwd, env: untold }))
}

export function npm(words: readonly string[], cwd: string): Promise<Ended> {
  return program(['npm', ...words], cwd)
}
