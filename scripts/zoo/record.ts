import { provenance, table } from '../../bench/record.js'
import { adapterHere } from '../../src/runtime/adapter.js'
import type { Provider } from '../../src/runtime/provider.js'
import { smallSize } from '../../src/verify/run-size.js'
import { networks } from './networks.js'
import { type Arithmetic, onProvider, targetFor } from './on-provider.js'

export interface ProviderRecord {
  /** Of a file of bench/records. */
  readonly name: string
  readonly text: string
  readonly ok: boolean
}

/**
 * Every network on a provider, in each precision: a line each, told as it is done. TF32 is on or off for all of a
 * process, so it is asked for alone, and has a record of its own.
 */
export async function recordOn(
  provider: Provider,
  precisions: readonly Arithmetic[],
  widths: readonly number[],
): Promise<ProviderRecord> {
  const rows: string[][] = []
  let ok = true
  for (const { title, model } of networks(widths))
    for (const precision of precisions) {
      const { height, width } = smallSize(model)
      const { ran, outputs } = await onProvider(model, provider, precision)
      const isThere = ran.provider === provider && !ran.cpuNodes
      const isAsked = (ran.tf32 ?? false) === (precision === 'tf32')
      const isOk = isThere && isAsked && outputs.every((each) => each.ok)
      ok &&= isOk
      const of = (figure: 'error' | 'limit' | 'onCpu' | 'apart'): string =>
        outputs.map((each) => each[figure].toExponential(1)).join(', ')
      const figures = [of('error'), of('limit'), of('onCpu'), of('apart')]
      rows.push([title, `${height}x${width}`, precision, ...figures, isOk ? 'equal' : 'NOT EQUAL'])
      process.stderr.write(`${rows.at(-1)?.join('  ')}\n`)
    }
  const adapter = adapterHere()
  const on = adapter ? `${provider} (${adapter.name}, software)` : provider
  const head = ['network', 'input', 'precision', 'error', 'limit', 'on the CPU', 'between them', '']
  const isTf32 = precisions.includes('tf32')
  const asked = isTf32 ? `${provider} --precision tf32` : provider
  const text = `# The zoo on ${on}${isTf32 ? ', in TF32' : ''}

Made by \`npm run zoo -- --provider ${asked} ${widths.join(' ')}\`: each network of seeded weights (seed 0), built for
${targetFor[provider]}, once on ${provider} and once on the CPU, with ONNX Runtime's optimiser on. All nodes ran on ${provider}, by ONNX
Runtime's profile. Errors are max |Δ| / max |reference| of each output: on ${provider} and on the CPU against the network
as written in float64, at scales 1, 1/64 and 64, and between the two at the last. The limit is that of \`heddle verify\`; the
input the small size that it takes.

${provenance()}

${table(head, rows)}
`
  const names = ['zoo', provider, ...(adapter ? [adapter.name] : []), ...(isTf32 ? ['tf32'] : [])]
  return { name: names.join('-'), text, ok }
}
