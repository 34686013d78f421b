import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

const text = readFileSync('CONTRIBUTING.md', 'utf8')

t.test('the files and commands that CONTRIBUTING.md names are there', async (t) => {
  const paths = text.match(/(?<=[`\s])(?:\.ci|src|test|tap-snapshots)(?:\/[\w./-]+\w)?(?=`)/g) ?? []
  t.ok(paths.length > 25)
  t.same(
    paths.filter((path) => !existsSync(path)),
    [],
  )
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))
  const named = [...text.matchAll(/npm (?:run ([\w:]+)|(start|test))/g)].map(
    ([, run, short]) => run ?? short,
  )
  t.same([...new Set(named)].sort(), Object.keys(scripts).sort())
})

t.test('it names every table that a kind of node must be in', async (t) => {
  const tables = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .filter((path) =>
      /^(?:export )?const \w+: (?:PerKind<|Typing\b)/m.test(
        readFileSync(join('src', path), 'utf8'),
      ),
    )
    .map((path) => `src/${path.replaceAll('\\', '/')}`)
  const named = [...text.matchAll(/^- `(src\/[\w/.-]+)`/gm)].map(([, path]) => path)
  t.same(named.sort(), tables.sort())
})
