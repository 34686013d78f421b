import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { type Ended, type PlainOptions, plainNode } from './plain-node.js'
import { wordsOf } from './words.js'

/** The command line as it is built. */
export const main: string = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url))

/** Runs `heddle` as a user does; a line is split as a shell does. */
export function heddle(line: string | readonly string[], options: PlainOptions = {}): Ended {
  const words = typeof line === 'string' ? wordsOf(line) : line
  const env = { NO_COLOR: '1', ...options.env }
  return plainNode([main, ...words], { ...options, env })
}

const runner = fileURLToPath(new URL('run-lines.js', import.meta.url))

type Line = string | readonly string[]

/**
 * Runs command lines one after another in one process: what each prints and ends with, without the price of a
 * start. A line may have a folder of its own. What a process of its own matters to (its end, its streams, a file of
 * the user's that changes) is for `heddle`.
 */
export function heddleInTurn(
  lines: readonly (Line | { readonly line: Line; readonly cwd: string })[],
  options: PlainOptions = {},
): readonly Ended[] {
  const { cwd: folder = process.cwd() } = options
  const all = lines.map((each) => {
    const { line, cwd } =
      typeof each === 'object' && 'line' in each ? each : { line: each, cwd: folder }
    return { words: typeof line === 'string' ? wordsOf(line) : line, cwd }
  })
  const env = { NO_COLOR: '1', ...options.env }
  const { code, stdout, stderr } = plainNode([runner, JSON.stringify(all)], { ...options, env })
  if (code !== 0)
    throw new Error(`the process of ${all.length} lines ended with ${code}\n${stderr}`)
  return JSON.parse(stdout)
}

/** The same of lines that print one JSON document each. */
export function documentsInTurn(
  lines: readonly string[],
  options: PlainOptions = {},
): readonly (Ended & { readonly json: Json })[] {
  return heddleInTurn(
    lines.map((line) => `${line} --json`),
    options,
  ).map((ended) => ({ ...ended, json: JSON.parse(ended.stdout) }))
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
