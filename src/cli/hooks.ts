import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import swc from '@swc/wasm-typescript'
import { syntaxMark, syntaxPlace } from './syntax.js'

/**
 * Module hooks for files of the user's: `heddle` is the running heddle, TypeScript is stripped of its types
 * in place (lines and columns stay), and a .ts file is found under the names that TypeScript finds it by.
 * The same functions serve module.registerHooks (synchronous) and module.register (in a thread).
 */

const entries: Readonly<Record<string, string>> = {
  heddle: new URL('../index.js', import.meta.url).href,
  'heddle/node': new URL('../node.js', import.meta.url).href,
}

/** Where heddle's own modules are, which are known to be modules. */
const own = new URL('..', import.meta.url).href

interface Resolved {
  readonly url: string
  readonly format?: string | null | undefined
  readonly shortCircuit?: boolean
}

interface Source {
  readonly format: string
  readonly source?: unknown
  readonly shortCircuit?: boolean
}

export function resolve<C extends { readonly parentURL?: string | undefined }, R>(
  specifier: string,
  context: C,
  next: (specifier: string, context: C) => R,
): R | Resolved {
  const entry = entries[specifier]
  const url = entry ?? typeScriptUrl(specifier, context.parentURL)
  return url ? { url, format: 'module', shortCircuit: true } : next(specifier, context)
}

export function load<C, R>(
  url: string,
  context: C,
  next: (url: string, context: C) => R,
): R | Source {
  if (isTypeScript(url)) {
    const file = fileURLToPath(url)
    const text = readFileSync(file, 'utf8')
    return { format: 'module', source: stripped(file, text), shortCircuit: true }
  }
  if (isScript(url)) {
    const text = readFileSync(fileURLToPath(url), 'utf8')
    if (/^\s*(?:import|export)\b(?! *\()/m.test(text))
      return { format: 'module', source: text, shortCircuit: true }
  }
  return next(url, context)
}

/** A .js file of the user's own, which is a module if it is written as one: before 20.19 Node does not look. */
function isScript(url: string): boolean {
  return /^file:.*\.js$/.test(url) && !url.includes('/node_modules/') && !url.startsWith(own)
}

function stripped(file: string, text: string): string {
  try {
    return swc.transformSync(text, { mode: 'strip-only', filename: file }).code
  } catch (error) {
    throw new Error(syntaxMark + JSON.stringify(syntaxPlace(file, text, error)))
  }
}

function typeScriptUrl(specifier: string, parent: string | undefined): string | undefined {
  const isPath = /^(?:\.{0,2}\/|file:)/.test(specifier)
  if (!isPath || (parent !== undefined && !isTypeScript(parent))) return undefined
  const { href } = new URL(specifier, parent)
  return [
    href,
    href.replace(/\.(m?)js$/, '.$1ts'),
    `${href}.ts`,
    `${href}.mts`,
    `${href.replace(/\/$/, '')}/index.ts`,
  ].find((url) => isTypeScript(url) && existsSync(fileURLToPath(url)))
}

function isTypeScript(url: string): boolean {
  return url.startsWith('file:') && /\.m?ts$/.test(url)
}
