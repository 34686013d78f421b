import { fileURLToPath } from 'node:url'
import { count, hrnetV2Small, type Model, type ProgressEvent } from 'heddle'
import { build, verify } from 'heddle/node'

/** What a release wants to know of a file. */
export interface Deployed {
  readonly path: string
  readonly bytes: number
  readonly parameters: number
  readonly macs: number
  /** max |Δ| / max |reference| of the output that differs most from the network as written. */
  readonly worst: number
}

/**
 * heddle as a library: counts a network, writes it as ONNX, and checks the very bytes that were written.
 * @throws where the network does not take the size, the file cannot be written, or the check fails; with the
 * signal's reason once it is aborted. Of a file that is being written then, nothing is left.
 */
export async function deploy(
  net: Model,
  path: string,
  options: { signal?: AbortSignal; progress?: (event: ProgressEvent) => void } = {},
): Promise<Deployed> {
  const size = { batch: 1, height: 64, width: 128 }
  const { parameters, macs } = count(net, { size })
  const { bytes } = await build(net, { output: path, size, ...options })
  const { ok, outputs } = await verify(net, { path, size, ...options })
  const worst = Math.max(...outputs.map(({ relative }) => relative))
  if (!ok) throw new Error(`${path} differs from ${net.name} by ${worst}`)
  return { path, bytes, parameters, macs, worst }
}

// In a clone, once built:  node dist/examples/deploy.js net.onnx
const [, script, path = 'net.onnx'] = process.argv
if (script === fileURLToPath(import.meta.url)) {
  const controller = new AbortController()
  process.once('SIGINT', () => controller.abort(new Error('stopped')))
  const progress = ({ phase, done, total }: ProgressEvent): void =>
    console.error(`${phase} ${Math.round((100 * done) / total)} %`)
  console.log(await deploy(hrnetV2Small('v1'), path, { signal: controller.signal, progress }))
}
