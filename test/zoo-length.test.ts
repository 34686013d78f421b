import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import ts from 'typescript'

/** A function of src/models/hrnet: the lines of its body, and the words in it. */
interface Written {
  readonly lines: readonly string[]
  readonly words: readonly string[]
}

const models = new URL('../../src/models/', import.meta.url)
const folder = new URL('hrnet/', models)
const written = new Map<string, Written>()
/** What every network is set in: its photograph, and refusals. No line of theirs makes a layer. */
const frames = ['network.ts', 'interpolation.ts']
for (const file of readdirSync(folder)) {
  if (frames.includes(file)) continue
  const text = readFileSync(new URL(file, folder), 'utf8')
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest)
  source.forEachChild((node) => {
    if (!ts.isFunctionDeclaration(node) || !node.body || !node.name) return
    const body = node.body.getText(source)
    const lines = body.split('\n').slice(1, -1)
    written.set(node.name.text, { lines, words: body.match(/\w+/g) ?? [] })
  })
}

/** Lines of a network and of all functions of src/models/hrnet that it is written with, each once. */
function linesOf(network: string): number {
  const reached = new Set([network])
  for (const name of reached)
    for (const word of written.get(name)?.words ?? []) if (written.has(word)) reached.add(word)
  return [...reached].reduce((sum, name) => sum + (written.get(name)?.lines.length ?? 0), 0)
}

const networks = [...written.keys()].filter((name) => name.startsWith('hrnet'))

t.test('HRNetV2 reads in about 20 lines, no network needs more than 40', async (t) => {
  t.equal(networks.length, 13)
  for (const name of networks) {
    const lines = linesOf(name)
    // Less would mean that stem and trunk are not found: 14 lines are theirs.
    t.ok(lines > 14 && lines <= (name === 'hrnetV2' ? 30 : 40), `${name} has ${lines}`)
  }
})

/** The networks beyond the paper, each with the files that it alone is written in. */
const beyond = [
  ['hrnet/ocr.ts'],
  ['pose/higher-hrnet.ts'],
  ['pose/lite-hrnet.ts'],
  ['segmentation/ddrnet.ts'],
  ['segmentation/u-hrnet.ts'],
  ['transformer/trunk.ts', 'transformer/hrformer.ts'],
  ['transformer/trunk.ts', 'transformer/hrformer-pose.ts'],
]

t.test('a network beyond the paper is at most 80 lines', async (t) => {
  for (const files of beyond) {
    const lines = files.flatMap((file) => {
      const text = readFileSync(new URL(file, models), 'utf8')
      const { statements } = ts.createSourceFile(file, text, ts.ScriptTarget.Latest)
      return statements
        .filter((statement) => !ts.isImportDeclaration(statement))
        .flatMap((statement) => text.slice(statement.pos, statement.end).split('\n'))
        .filter((line) => !/^\s*(?:$|\/[*/]|\*)/.test(line))
    })
    t.ok(lines.length > 10 && lines.length <= 80, `${files} has ${lines.length}`)
  }
})

t.test('what networks share is a function, not a copy', async (t) => {
  const first = new Map<string, string>()
  for (const [name, { lines }] of written)
    for (let at = 0; at + 3 <= lines.length; at++) {
      const run = lines.slice(at, at + 3).join('\n')
      t.equal(first.get(run), undefined, `${name} has three lines of its own:\n${run}`)
      first.set(run, name)
    }
})
