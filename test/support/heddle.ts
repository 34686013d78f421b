import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { type Ended, type PlainOptions, plainNode } from './plain-node.js'

/** The command line as it is built. */
export const main: string = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url))

/** Runs `heddle` as a user does; a line is split at its spaces. */
export function heddle(line: string | readonly string[], options: PlainOptions = {}): Ended {
  const words = typeof line === 'string' ? line.split(' ') : line
  const env = { NO_COLOR: '1', ...options.env }
  return plainNode([main, ...words], { ...options, env })
}

/** The one JSON document that a command prints. */
export function document(
  line: string,
  options: PlainOptions = {},
): Ended & { readonly json: Json } {
  const ended = heddle(`${line} --json`, options)
  return { ...ended, json: JSON.parse(ended.stdout) }
}

// What a test reads out of a document is not known to the types.
// biome-ignore lint/suspicious/noExplicitAny: documents are checked by their tests
export type Json = any

/** A folder far from any package.json and node_modules, with files in it; it is gone after the test. */
export function scratch(t: Test, files: Readonly<Record<string, string>> = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cli-test-')))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

/** A small network in a file of the user's. */
export function netFile(name = 'net', body = 'conv(x, 8, { kernel: 3, stride: 2 })'): string {
  return `import { add, batchNorm, conv, image, model, relu, scope } from 'heddle'
export const ${name} = model('${name}', image(3, { size: [32, 48] }), (x) => ({ y: ${body} }))
`
}
