import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { interleaved, ratio, spread, type Used, used } from './harness.js'
import { type Bench, type Finding, figure, finding } from './report.js'

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
const root = fileURLToPath(new URL('../../', import.meta.url))

/** What is checked, and what tsc ends with: 2 where it finds mistakes. */
const programs = [
  { name: 'examples', folder: 'examples', code: 0 },
  { name: 'wrong programs', folder: 'test/fixtures/wrong-programs', code: 2 },
] as const

/** Type-checking what users write, against a program that is empty: tsc's own start and libraries are in both. */
export const types: Bench = {
  name: 'types',
  summary:
    '`tsc --noEmit` of the examples, and of all wrong programs, over that of an empty program; instantiations are the same on every machine',
  rounds: 5,
  run: (rounds) => programs.flatMap((program) => checking(program, rounds)),
}

function checking(
  { name, folder, code }: (typeof programs)[number],
  rounds: number,
): readonly Finding[] {
  const files = readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(root, folder, file))
  const scratch = mkdtempSync(join(tmpdir(), 'heddle-bench-'))
  try {
    writeFileSync(join(scratch, 'empty.ts'), 'export {}\n')
    const full = project(scratch, 'full.json', files)
    const empty = project(scratch, 'empty.json', ['empty.ts'])
    const pairs = interleaved(
      rounds,
      () => check(full, code),
      () => check(empty, 0),
    )
    const [last] = pairs.a as readonly [Used]
    const [a, b] = [pairs.a, pairs.b].map((runs) => figure(spread(runs.map((r) => r.cpu)).median))
    return [
      finding(
        `${name}, cpu time`,
        '×',
        ratio(pairs, (r) => r.cpu),
        {
          from: `${a} ms over ${b} ms, ${files.length} files`,
        },
      ),
      { what: `${name}, instantiations`, unit: '', value: diagnostic(last, 'Instantiations') },
      { what: `${name}, types`, unit: '', value: diagnostic(last, 'Types') },
      finding(
        `${name}, tsc’s check time`,
        'ms',
        spread(pairs.a.map((one) => 1000 * diagnostic(one, 'Check time'))),
      ),
    ]
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

/** As users are told to set it up, with the types of the heddle that is built here. */
function project(folder: string, name: string, files: readonly string[]): string {
  const path = join(folder, name)
  const compilerOptions = {
    target: 'es2023',
    lib: ['es2023'],
    module: 'nodenext',
    strict: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: true,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  }
  writeFileSync(path, JSON.stringify({ compilerOptions, files }))
  return path
}

function check(path: string, code: number): Used {
  return used([tsc, '--project', path, '--noEmit', '--extendedDiagnostics'], code)
}

function diagnostic({ stdout }: Used, name: string): number {
  const [, value] = new RegExp(`^${name}:\\s+([\\d.]+)s?$`, 'm').exec(stdout) ?? []
  if (value === undefined) throw new Error(`tsc tells no ${name}:\n${stdout}`)
  return Number(value)
}
