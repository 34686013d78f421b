/**
 * `node dist/scripts/zoo.js [widths…] [--record]`: every network of the zoo at widths 18, 32 and 48 (or those
 * given), built, loaded, and compared with itself as written. Prints a table; `--record` writes it to
 * bench/records/zoo.md too. With `--provider cpu|cuda|webgpu [--precision float32|float16|tf32]` each is run there in
 * float32 and float16 (or the one given), and compared with the CPU and with float64; the record is
 * zoo-PROVIDER-ADAPTER.md. TF32, on CUDA, is a run and a record of its own: a process has it or not.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { provenance, table } from '../bench/record.js'
import { build } from '../src/build/build.js'
import { type Provider, providers } from '../src/runtime/provider.js'
import { runTolerance } from '../src/verify/limits.js'
import { smallSize } from '../src/verify/run-size.js'
import { verify } from '../src/verify/verify.js'
import { networks } from './zoo/networks.js'
import { recordOn } from './zoo/record.js'

const { values, positionals } = parseArgs({
  options: {
    record: { type: 'boolean' },
    provider: { type: 'string' },
    precision: { type: 'string' },
  },
  allowPositionals: true,
})
const widths = positionals.length > 0 ? positionals.map(Number) : [18, 32, 48]

const made = values.provider === undefined ? await itself() : await on(values.provider)
process.stdout.write(made.text)
if (values.record)
  await writeFile(new URL(`../../bench/records/${made.name}.md`, import.meta.url), made.text)
process.exitCode = made.ok ? 0 : 1

function on(name: string): ReturnType<typeof recordOn> {
  const provider = providers.find((each) => each === name)
  if (!provider) throw new Error(`--provider is ${name}, and there are ${providers.join(', ')}`)
  const usual = ['float32', 'float16'] as const
  const all = provider === 'cuda' ? ([...usual, 'tf32'] as const) : usual
  const asked = values.precision
  const precisions = asked === undefined ? usual : all.filter((each) => each === asked)
  if (precisions.length === 0)
    throw new Error(`--precision is ${values.precision}, and there are ${all.join(', ')}`)
  return recordOn(provider as Provider, precisions, widths)
}

/** Each network built, and the file against the network as written. */
async function itself(): ReturnType<typeof recordOn> {
  const rows: string[][] = []
  let ok = true
  const folder = await mkdtemp(join(tmpdir(), 'heddle-zoo-'))
  try {
    for (const { title, model } of networks(widths)) {
      const path = join(folder, 'net.onnx')
      const size = { batch: 1, ...smallSize(model) }
      const { parameters, passes } = await build(model, { output: path, size })
      const report = await verify(model, { path, size })
      ok &&= report.ok
      const relative = report.outputs.map(
        (each) => `${each.name} ${each.relative.toExponential(1)}`,
      )
      rows.push([
        title,
        `${size.height}x${size.width}`,
        String(parameters),
        `${passes[0]?.before} → ${passes.at(-1)?.after}`,
        relative.join(', '),
        report.ok ? 'equal' : 'NOT EQUAL',
      ])
      process.stderr.write(`${title}: ${relative.join(', ')}\n`)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }

  const text = `# The zoo, before and after the passes

Made by \`node dist/scripts/zoo.js\`: each network built with seeded weights (seed 0), the file loaded, and run
against the network as written with ONNX Runtime's optimiser off. The error of an output is max |Δ| / max |reference|,
at most ${runTolerance}. The input is the small size that \`heddle verify\` takes.

${provenance()}

${table(['network', 'input', 'parameters', 'nodes', 'relative error', ''], rows)}
`
  return { name: 'zoo', text, ok }
}
