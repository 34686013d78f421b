import module from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { NetworkError, rules } from 'heddle'
import t from 'tap'
import { Project, ts } from 'ts-morph'
import { wrongPrograms, wrongProgramsFolder } from './support/wrong-programs.js'

const programs = wrongPrograms()

t.test('every rule of the language has one wrong program, and no two are alike', async (t) => {
  const names = programs.map(({ rule }) => rule)
  t.same(names, Object.keys(rules).sort())
  t.equal(new Set(programs.map(({ throws }) => throws)).size, programs.length)
})

t.test('tsc refuses what types can see, at its line, and takes every neighbour', async (t) => {
  const project = new Project({
    tsConfigFilePath: fileURLToPath(new URL('../../tsconfig.json', import.meta.url)),
    skipAddingFilesFromTsConfig: true,
    compilerOptions: { noEmit: true },
  })
  const source = (name: string, text: string): ts.SourceFile => {
    const path = fileURLToPath(new URL(name, wrongProgramsFolder))
    return project.createSourceFile(path, text, { overwrite: true }).compilerNode
  }
  const files = programs.map((each) => ({
    ...each,
    wrongFile: source(`${each.rule}.ts`, each.wrong),
    rightFile: source(`${each.rule}.right.ts`, each.right),
  }))
  const program = project.getProgram().compilerObject
  const diagnostics = (file: ts.SourceFile): string[] =>
    [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      ({ code, messageText, start = 0 }) => {
        const { line } = file.getLineAndCharacterOfPosition(start)
        return `line ${line + 1}: ${code} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
      },
    )
  for (const { rule, tsc, line, wrongFile, rightFile } of files) {
    t.same(diagnostics(rightFile), [], `${rule}: the neighbour`)
    const found = diagnostics(wrongFile)
    for (const each of found) t.match(each, `line ${line}: `, rule)
    if (!tsc) t.same(found, [], `${rule}: types cannot see it`)
    else
      t.ok(
        found.some((each) => each.includes(`: ${tsc.code} `) && each.includes(tsc.says)),
        `${rule}: ${tsc.says}`,
        { found },
      )
  }
})

t.test('run, it throws its rule, with both numbers, its line and a remedy', async (t) => {
  module.register('../src/cli/hooks.js', import.meta.url)
  const neighbours = t.testdir(
    Object.fromEntries(programs.map(({ rule, right }) => [`${rule}.ts`, right])),
  )
  for (const { rule, throws, line } of programs) {
    const neighbour = import(pathToFileURL(`${neighbours}/${rule}.ts`).href)
    await t.resolves(neighbour, `${rule}: the neighbour`)
    const file = new URL(`${rule}.ts`, wrongProgramsFolder)
    const error: unknown = await import(file.href).catch((thrown: unknown) => thrown)
    if (!(error instanceof NetworkError)) {
      t.fail(`${rule}: no NetworkError`, { found: error })
      continue
    }
    t.equal(error.rule, rule)
    t.ok(error.problem.includes(throws), `${rule}: ${throws}`, { found: error.problem })
    t.ok(error.remedy.length > 0)
    t.same([error.location?.file, error.location?.line], [fileURLToPath(file), line], rule)
    t.ok(error.message.includes(`${rule}.ts:${line}:`))
  }
})
