import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import t from 'tap'
import ts from 'typescript'
import { makeProgram } from '../src/cli/program.js'
import { type Block, type Document, documents, read, root } from './support/documents.js'
import { heddleInTurn } from './support/heddle.js'
import { type Ended, plainNode } from './support/plain-node.js'
import type { Ran } from './support/run-blocks.js'
import { isShown } from './support/shown.js'
import { wordsOf } from './support/words.js'

/**
 * What README.md and docs/ say is run. The rules for who writes there:
 *
 * - A `ts` block is a file of its own: it is type-checked, then run. It imports `heddle` and `heddle/node` as
 *   users do, and heddle's rooms as `../src/compiler/rewrite.js`. Whose first line is `// my-net.ts` is a file
 *   of that name, which later blocks of the document may import or hand to a command.
 * - A `ts wrong` block is a network that is refused.
 * - Each line of an `sh` block is a command, run in the folder of the document's files, where `examples` is the
 *   repository's. It ends with 0, or with what a comment behind it says: `# exit code 2`. What starts with `npm `,
 *   `git ` or `cd ` is for people, and not run.
 * - An `sh gpu` block is for machines with a GPU: its commands and options are known, and it is not run.
 * - A `text` or `json` block shows what the block before it prints; a `ts` block without one prints nothing. A
 *   line `…` stands for any lines, `…` in a line for any text. Durations, versions of ONNX Runtime, figures such
 *   as 1.2e-7 and the width of columns may differ.
 * - A `json` block after no other is the tsconfig.json under which all programs are type-checked.
 * - Links between documents lead to a file and a heading that are there; paths in backquotes exist.
 */

const all = documents()

const place = ({ path }: Document, { line }: Block): string => `${path}:${line}`
/** dist/docs-dsl: beside dist/src, as docs is beside src. */
const folderOf = ({ path }: Document): string =>
  join(root, 'dist', `docs-${posix.basename(path, '.md').toLowerCase()}`)

interface Program {
  readonly document: Document
  readonly block: Block
  readonly file: string
  /** What it is to print, if that is shown. */
  readonly shown: string | undefined
}

/** The blocks of a document in one language, each as a file, with what stands below it. */
function programs(document: Document, language: string): readonly Program[] {
  return document.blocks.flatMap((block, i) => {
    if (block.language !== language) return []
    const next = document.blocks[i + 1]
    const shown = next && isOutput(next) ? next.text : undefined
    const [, name = `block-${block.line}.ts`] = /^\/\/ (\S+\.ts)\n/.exec(block.text) ?? []
    return [{ document, block, file: join(folderOf(document), name), shown }]
  })
}

function isOutput({ language }: Block): boolean {
  return language === 'text' || language === 'json'
}

for (const document of all) {
  rmSync(folderOf(document), { recursive: true, force: true })
  mkdirSync(folderOf(document), { recursive: true })
  // On Windows only a junction needs no rights.
  symlinkSync(join(root, 'examples'), join(folderOf(document), 'examples'), 'junction')
  for (const { file, block } of programs(document, 'ts')) writeFileSync(file, block.text)
}

/** Blocks that are no output of the one before: the settings that the documents tell users to take. */
const settings = all.flatMap(({ blocks }) =>
  blocks.filter((block, i) => block.language === 'json' && !isCode(blocks[i - 1])),
)

function isCode(block: Block | undefined): boolean {
  return block?.language === 'ts' || block?.language === 'sh'
}

t.test('every block is of a kind that is checked', async (t) => {
  for (const document of all)
    for (const [i, block] of document.blocks.entries()) {
      t.match(block.language, /^(ts|sh|text|json)$/, place(document, block))
      if (isOutput(block) && !settings.includes(block))
        t.ok(isCode(document.blocks[i - 1]), `${place(document, block)} is the output of a block`)
    }
  t.equal(settings.length, 1, 'there is one tsconfig.json')
})

t.test('under these settings every program of the documents has the right types', async (t) => {
  const { compilerOptions } = JSON.parse(settings[0]?.text ?? '')
  const { options, errors } = ts.convertCompilerOptionsFromJson(compilerOptions, root)
  t.same(errors, [])
  const right = all
    .flatMap((document) => programs(document, 'ts'))
    .filter(({ block }) => block.mark !== 'wrong')
  const program = ts.createProgram(
    right.map(({ file }) => file),
    options,
  )
  for (const { document, block, file } of right) {
    const source = program.getSourceFile(file)
    const mistakes = [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ].map(({ messageText, start = 0 }) => {
      const line = block.line + (source?.getLineAndCharacterOfPosition(start).line ?? 0)
      return `${document.path}:${line} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
    })
    t.same(mistakes, [], place(document, block))
  }
})

t.test('every program of the documents runs, and prints what is shown below it', async (t) => {
  const each = all.flatMap((document) => programs(document, 'ts'))
  const runner = join(root, 'dist/test/support/run-blocks.js')
  const { stdout, stderr } = plainNode([runner, ...each.map(({ file }) => file)], {
    cwd: join(root, 'dist'),
  })
  t.equal(stderr, '')
  const results: readonly Ran[] = JSON.parse(stdout)
  for (const [i, { document, block, shown = '' }] of each.entries()) {
    const { printed, threw } = results[i] as Ran
    if (block.mark === 'wrong')
      t.match(threw, /^NetworkError: /, `${place(document, block)} is a wrong network`)
    else if (threw) t.fail(`${place(document, block)} throws`, { threw })
    else t.ok(isShown(printed, shown), `${place(document, block)} prints it`, { printed, shown })
  }
})

t.test('every command of the documents ends as they say, and prints what is shown', async (t) => {
  for (const document of all) {
    const runnable = programs(document, 'sh').filter(({ block }) => block.mark !== 'gpu')
    const blocks = runnable.map(({ block, shown }) => ({
      block,
      shown,
      commands: block.text
        .trim()
        .split('\n')
        .filter((line) => !/^(npm|git|cd) /.test(line))
        .map((line) => {
          const [, words = '', code = '0'] =
            /^(.*?)(?:\s+#(?: exit code (\d+)|.*))?$/.exec(line) ?? []
          const [command, ...rest] = wordsOf(words.replace(/^npx /, ''))
          t.equal(command, 'heddle', `${place(document, block)}: ${line}`)
          return { line, words: rest, code: Number(code) }
        }),
    }))
    const lines = blocks.flatMap(({ commands }) => commands.map(({ words }) => words))
    const ended = heddleInTurn(lines, { cwd: folderOf(document) })
    let at = 0
    for (const { block, shown, commands } of blocks) {
      let printed = ''
      for (const { line, code } of commands) {
        const one = ended[at++] as Ended
        t.equal(one.code, code, `${place(document, block)}: ${line}`, one)
        printed += one.stdout + one.stderr
      }
      if (shown !== undefined)
        t.ok(isShown(printed, shown), `${place(document, block)} prints it`, { printed, shown })
    }
  }
})

t.test('what is for machines with a GPU is understood by the command line', async (t) => {
  for (const document of all)
    for (const { block } of programs(document, 'sh').filter(({ block }) => block.mark === 'gpu'))
      for (const line of block.text.trim().split('\n')) {
        let jobs = 0
        const [npx, heddle, ...words] = line.split(/\s+/)
        t.same([npx, heddle], ['npx', 'heddle'], place(document, block))
        makeProgram(() => jobs++).parse(words, { from: 'user' })
        t.equal(jobs, 1, `${place(document, block)}: ${line}`)
      }
})

t.test('links lead somewhere, and so do paths', async (t) => {
  for (const { path, links, anchors, text } of all) {
    for (const { target, line } of links) {
      const [file = '', anchor] = target.split('#')
      const to = file === '' ? path : posix.join(posix.dirname(path), file)
      if (!t.ok(existsSync(root + to), `${path}:${line} links to ${to}`)) continue
      if (anchor !== undefined)
        t.ok(
          (file === '' ? anchors : read(to).anchors).includes(anchor),
          `${path}:${line} ${target}`,
        )
    }
    for (const [, named = ''] of text.matchAll(/`((?:src|test|docs|examples|bench)\/[^`*{} ]*)`/g))
      t.ok(existsSync(root + named), `${path} names ${named}`)
  }
})
