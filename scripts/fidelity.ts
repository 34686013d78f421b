/**
 * `node dist/scripts/fidelity.js [--only text] [--keep folder] [--record]`: checkpoints written by PyTorch, opened,
 * built and run by heddle, and held against what the authors' code computes in float64. Two tables: the networks at
 * their full widths and sizes (scripts/fidelity/full.py), and files of each form and layout (saved.py). `--only` takes
 * the cases whose names have a text, `--keep` keeps PyTorch's files in a folder and takes those that it has, `--record`
 * writes bench/records/fidelity.md. Needs PYTHON (python3) with PyTorch and timm, and HRNET_SRC and PYTHONPATH as
 * test/fixtures/fidelity/make.py does; on a busy machine OMP_NUM_THREADS=1, since PyTorch's threads wait by spinning.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { provenance, table } from '../bench/record.js'
import { build } from '../src/build/build.js'
import { withGraph, withSession } from '../src/build/open-graph.js'
import type { BindOptions } from '../src/checkpoint/bind.js'
import { type CheckpointOptions, openCheckpoint } from '../src/checkpoint/open.js'
import { compile } from '../src/compile.js'
import { zooModel } from '../src/models/zoo.js'
import { openSession } from '../src/runtime/session.js'
import type { Tensors } from '../src/runtime/tensor.js'
import { type Fidelity, fidelityOf, inputOf, limit, type Theirs } from '../test/support/theirs.js'

/** A file that PyTorch wrote, and what the authors' code computes with it. */
interface Case extends Theirs {
  readonly file: string
  readonly opened?: CheckpointOptions
  readonly bound?: BindOptions
}

interface Outcome {
  readonly format: string
  readonly layout: string
  readonly unused: number
  readonly before: readonly Fidelity[]
  readonly after: readonly Fidelity[]
}

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    keep: { type: 'string' },
    record: { type: 'boolean' },
  },
})

function python(script: string, ...rest: readonly string[]): string {
  const path = join('scripts', 'fidelity', script)
  return execFileSync(process.env.PYTHON ?? 'python3', ['-B', path, ...rest], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

async function outcomeOf(folder: string): Promise<Outcome> {
  const theirs: Case = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8'))
  const recorded = readFileSync(join(folder, 'outputs'))
  const { network, options, size, file, opened = {}, bound = {} } = theirs
  const model = zooModel(network, options)
  const feeds = inputOf(model, theirs)
  const [height, width] = size
  const at = { batch: 1, height, width }
  const checkpoint = await openCheckpoint(join(folder, file), opened)
  try {
    const weights = checkpoint.bind(model, bound)
    const { plain } = compile(model, { size: at, passes: [] })
    const held = (results: Tensors): readonly Fidelity[] =>
      fidelityOf(model, results, theirs, recorded)
    const before = await withGraph(plain, weights, { optimize: false }, ({ session }) =>
      session.run(feeds),
    )
    const output = join(folder, 'net.onnx')
    await build(model, { weights, output, size: at })
    const after = await withSession(openSession(output, { optimize: true }), (session) =>
      session.run(feeds),
    )
    await rm(output)
    const { format, layout } = checkpoint
    const unused = weights.unused.length
    return { format, layout, unused, before: held(before), after: held(after) }
  } finally {
    await checkpoint.close()
  }
}

const folder = values.keep ?? (await mkdtemp(join(tmpdir(), 'heddle-fidelity-')))
let allOk = true
let made: Readonly<Record<string, string | number>> = {}

/** Makes and runs the cases of a script, one after the other. */
async function outcomes(script: string): Promise<readonly (readonly [string, Outcome])[]> {
  const listed: { made: typeof made; cases: readonly string[] } = JSON.parse(
    python(script, '--list'),
  )
  made = listed.made
  const all: (readonly [string, Outcome])[] = []
  for (const name of listed.cases.filter((each) => each.includes(values.only))) {
    const own = join(folder, name.replace(/\W+/g, '-'))
    mkdirSync(own, { recursive: true })
    if (!existsSync(join(own, 'case.json'))) python(script, name, own)
    const outcome = await outcomeOf(own)
    if (!values.keep) await rm(own, { recursive: true })
    all.push([name, outcome])
    allOk &&= [...outcome.before, ...outcome.after].every(({ ok }) => ok)
    process.stderr.write(`${name}: ${figures(outcome).join(' | ')}\n`)
  }
  return all
}

/** Theirs, ours before and ours after the passes, of each output; and whether all are within the limit. */
function figures({ before, after }: Outcome): readonly string[] {
  const of = (errors: readonly number[]): string =>
    errors.map((error) => error.toExponential(1)).join(' ')
  const ok = [...before, ...after].every((each) => each.ok)
  return [
    of(before.map(({ theirs }) => theirs)),
    of(before.map(({ ours }) => ours)),
    of(after.map(({ ours }) => ours)),
    ok ? 'yes' : 'NO',
  ]
}

const columns = ['theirs', 'before the passes', 'after them', `within ${limit} times`]
try {
  const saved = await outcomes('saved.py')
  const full = await outcomes('full.py')
  const text = `# What the authors' code computes, and what heddle computes

Made by \`node dist/scripts/fidelity.js\` (\`npm run fidelity\`). Weights and batch-norm statistics follow a rule over the
keys' names (\`test/fixtures/fidelity/rule.py\`); PyTorch wrote each checkpoint, heddle opened and built it, and ONNX
Runtime ran the network as written with its optimiser off, and the file that was built with its optimiser on. Errors are
max |Δ| / max |output| against the authors' own code in float64, of each output; \`theirs\` is that of the authors' code
in float32, the largest of three runs (as it comes, oneDNN off, channels last). Of outputs with more than ${2 ** 18}
elements every k-th is compared.

${provenance()}
- ${Object.entries(made)
    .map(([what, which]) => `${what} ${which}`)
    .join('\n- ')}

## Full widths, at the papers' sizes

${table(
  ['network', ...columns],
  full.map(([name, outcome]) => [name, ...figures(outcome)]),
)}

## Each form and layout

Narrow networks, stored as training scripts store them. OpenMMLab's code was not run: these files hold the authors'
networks under OpenMMLab's names. Keys that the network has no part for are counted as unused.

${table(
  ['saved as', 'read as', 'unused keys', ...columns],
  saved.map(([name, outcome]) => {
    const { format, layout, unused } = outcome
    return [name, `${format}, ${layout}`, String(unused), ...figures(outcome)]
  }),
)}
`
  process.stdout.write(text)
  if (values.record)
    await writeFile(new URL('../../bench/records/fidelity.md', import.meta.url), text)
} finally {
  if (!values.keep) await rm(folder, { recursive: true, force: true })
}
process.exitCode = allOk ? 0 : 1
