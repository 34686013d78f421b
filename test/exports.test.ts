import { readFileSync } from 'node:fs'
import * as core from 'heddle'
import t from 'tap'
import { ts } from 'ts-morph'

/** The names that an entry exports, each as a value or as a type, by its declarations. */
function exportsOf(entry: string): readonly string[] {
  const text = readFileSync(new URL(`../src/${entry}.d.ts`, import.meta.url), 'utf8')
  const file = ts.createSourceFile(entry, text, ts.ScriptTarget.Latest)
  return file.statements
    .filter(ts.isExportDeclaration)
    .flatMap(({ isTypeOnly, exportClause }) => {
      if (!exportClause || !ts.isNamedExports(exportClause))
        throw new Error(`${entry} exports something without a name`)
      return exportClause.elements.map(
        (each) => `${isTypeOnly || each.isTypeOnly ? 'type ' : ''}${each.name.text}`,
      )
    })
    .sort()
}

t.test('the names that the package exports change on purpose only', async (t) => {
  t.matchSnapshot(exportsOf('index').join('\n'), 'heddle')
  t.matchSnapshot(exportsOf('node').join('\n'), 'heddle/node')
})

t.test('what is declared is there', async (t) => {
  const values = exportsOf('index').filter((name) => !name.startsWith('type '))
  t.same(Object.keys(core).sort(), values)
})
