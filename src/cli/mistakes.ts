import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Project, ts } from 'ts-morph'
import type { Location } from '../errors.js'
import { inWords } from './words.js'

/** One mistake in a file of the user's, however it was found. */
export interface Mistake {
  /** Whether the types tell it, or the network when it was written. */
  readonly found: 'types' | 'run'
  /** In the network's words where it is about the network. */
  readonly problem: string
  readonly remedy?: string
  readonly location?: Location | undefined
  /** Which rule of the language was broken, if the network tells it. */
  readonly rule?: string
  /** TypeScript's number and words, if types tell it. */
  readonly typescript?: string
}

/** Type-checks a file and what it imports of the user's own; mistakes in the order of files and lines. */
export function typeMistakes(file: string): readonly Mistake[] {
  const project = new Project({
    compilerOptions: { ...compilerOptions, ...nodeTypes(file) },
    skipAddingFilesFromTsConfig: true,
  })
  project.addSourceFileAtPath(file)
  if (!nodeTypes(file))
    project.createSourceFile(`${dirname(file)}/heddle:console.d.ts`, consoleType)
  const program = project.getProgram().compilerObject
  const own = program
    .getSourceFiles()
    .filter((one) => !one.isDeclarationFile && !program.isSourceFileFromExternalLibrary(one))
  return own.flatMap((one) =>
    [...program.getSyntacticDiagnostics(one), ...program.getSemanticDiagnostics(one)].flatMap(
      (diagnostic) => (isOfNode(diagnostic) ? [] : [mistakeOf(one, diagnostic)]),
    ),
  )
}

const declarations = (name: string): string =>
  fileURLToPath(new URL(`../${name}.d.ts`, import.meta.url))

const compilerOptions: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts'],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  allowImportingTsExtensions: true,
  resolveJsonModule: true,
  // As files are run: types are left out, nothing is rewritten.
  verbatimModuleSyntax: true,
  erasableSyntaxOnly: true,
  skipLibCheck: true,
  types: [],
  paths: { heddle: [declarations('index')], 'heddle/node': [declarations('node')] },
}

/** Node's types where the user has them. */
function nodeTypes(file: string): ts.CompilerOptions | undefined {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const root = join(folder, 'node_modules/@types')
    if (existsSync(join(root, 'node'))) return { types: ['node'], typeRoots: [root] }
    if (folder === dirname(folder)) return undefined
  }
}

/** Where Node's types are missing, its modules and globals are not the network's mistakes. */
function isOfNode({ code, messageText }: ts.Diagnostic): boolean {
  const text = ts.flattenDiagnosticMessageText(messageText, ' ')
  return (
    /@types\/node/.test(text) ||
    (code === 2307 && /'node:/.test(text)) ||
    (code === 2339 && /on type 'ImportMeta'/.test(text))
  )
}

const consoleType = `declare const console: Readonly<
  Record<'log' | 'info' | 'warn' | 'error' | 'debug' | 'table' | 'time' | 'timeEnd', (...of: unknown[]) => void>
>
`

function mistakeOf(file: ts.SourceFile, { code, messageText, start = 0 }: ts.Diagnostic): Mistake {
  const { line, character } = file.getLineAndCharacterOfPosition(start)
  const said = ts.flattenDiagnosticMessageText(messageText, '\n')
  return {
    found: 'types',
    problem: inWords(chain(messageText)) ?? said.split('\n').join('\n  '),
    location: { file: file.fileName, line: line + 1, column: character + 1 },
    typescript: `TS${code}: ${said}`,
  }
}

/** The messages of a diagnostic, outermost first. */
function chain(message: string | ts.DiagnosticMessageChain): readonly string[] {
  if (typeof message === 'string') return [message]
  return [message.messageText, ...(message.next ?? []).flatMap(chain)]
}
