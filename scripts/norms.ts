/**
 * `node dist/scripts/norms.js [network…] [--record]`: leaves out the mean, the epsilon and the scale of every batch norm of
 * HRNetV2-W7 and -W18 (or of the networks given) in turn, in the float64 interpreter, and tells how far the outputs
 * move at least. test/weights-norms.test.ts does the same with a small network. `--record` writes
 * bench/records/norms.md.
 */
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { provenance, table } from '../bench/record.js'
import { specialise } from '../src/compiler/specialise.js'
import { zooModel } from '../src/models/zoo.js'
import { seededInput } from '../src/runtime/inputs.js'
import { runTolerance } from '../src/verify/limits.js'
import { seeded } from '../src/weights/seeded/seeded.js'
import { type Left, normSensitivities } from '../test/support/norm-sensitivity.js'

const side = 32
const noticed = 100 * runTolerance
const { values, positionals } = parseArgs({
  options: { record: { type: 'boolean' } },
  allowPositionals: true,
})
const names = positionals.length > 0 ? positionals : ['hrnet-v2-w7', 'hrnet-v2-w18']

const rows: string[][] = []
let allNoticed = true
for (const name of names) {
  const graph = specialise(zooModel(name).graph, { batch: 1, height: side, width: side })
  const image = seededInput(3 * side * side, 0)
  const least = new Map<Left, { readonly moved: number; readonly path: string }>()
  let norms = 0
  for await (const { path, without } of normSensitivities(graph, seeded(graph, 0), image)) {
    norms++
    process.stderr.write(`${name}: ${norms} ${path}\n`)
    for (const what of ['mean', 'epsilon', 'scale'] as const) {
      const moved = without(what)
      allNoticed &&= moved > noticed
      if (moved < (least.get(what)?.moved ?? Number.POSITIVE_INFINITY))
        least.set(what, { moved, path })
    }
  }
  for (const [what, { moved, path }] of least)
    rows.push([name, String(norms), what, moved.toExponential(1), path])
}

const text = `# What each batch norm matters

Made by \`node dist/scripts/norms.js\`: the mean, the epsilon and the scale of every batch norm left out in turn (a mean
of 0, an epsilon of 0, a scale of 1), with seeded weights (seed 0) at ${side}x${side}, in float64. Told is the norm
whose loss moves the output least, by max |Δ| / max |output|; more than ${noticed} is asked for, 100 times the
tolerance of \`verify\`.

${provenance()}

${table(['network', 'norms', 'left out', 'moves the output by at least', 'at'], rows)}
`
process.stdout.write(text)
if (values.record) await writeFile(new URL('../../bench/records/norms.md', import.meta.url), text)
process.exitCode = allNoticed ? 0 : 1
