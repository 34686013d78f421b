/**
 * `node dist/scripts/zoo.js [widths…] [--record]`: every network of the zoo at widths 18, 32 and 48 (or those
 * given), built, loaded, and compared with itself as written. Prints a table; `--record` writes it to
 * bench/records/zoo.md too.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { provenance, table } from '../bench/record.js'
import { build } from '../src/build/build.js'
import type { Model } from '../src/dsl/model.js'
import { families } from '../src/models/zoo.js'
import { runTolerance } from '../src/verify/limits.js'
import { smallSize } from '../src/verify/run-size.js'
import { verify } from '../src/verify/verify.js'

const { values, positionals } = parseArgs({
  options: { record: { type: 'boolean' } },
  allowPositionals: true,
})
const widths = positionals.length > 0 ? positionals.map(Number) : [18, 32, 48]

interface Network {
  readonly title: string
  readonly model: Model
}

/** Each family at each width; of bottleneck units too where they may be chosen and the width allows them. */
function* networks(): Generator<Network> {
  for (const { name, options, make } of families) {
    const each = name.includes('{C}') ? widths : [undefined]
    for (const width of each) {
      const model = make(width)
      yield { title: model.name, model }
      if (width !== undefined && width % 4 === 0 && options.includes('unit'))
        yield {
          title: `${model.name} --unit bottleneck`,
          model: make(width, { unit: 'bottleneck' }),
        }
    }
  }
}

const rows: string[][] = []
let allOk = true
const folder = await mkdtemp(join(tmpdir(), 'heddle-zoo-'))
try {
  for (const { title, model } of networks()) {
    const path = join(folder, 'net.onnx')
    const size = { batch: 1, ...smallSize(model) }
    const { parameters, passes } = await build(model, { output: path, size })
    const report = await verify(model, { path, size })
    allOk &&= report.ok
    const relative = report.outputs.map((each) => `${each.name} ${each.relative.toExponential(1)}`)
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
process.stdout.write(text)
if (values.record) await writeFile(new URL('../../bench/records/zoo.md', import.meta.url), text)
process.exitCode = allOk ? 0 : 1
