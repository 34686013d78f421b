import { copyFileSync, cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { providerFiles, runtimePackage } from '../../src/cuda/provider-files.js'
import { findRuntime } from '../../src/runtime/find.js'

/**
 * Puts an onnxruntime-node into a folder of packages: this one's, by links to its libraries, and a provider's two files
 * beside them where a folder of those is given. The one that is installed stays without.
 * @returns its main file
 */
export function linkRuntime(packages: string, provider?: string): string {
  const entry = findRuntime(process.cwd())
  const { folder: libraries } = runtimePackage(entry)
  if (libraries === undefined) throw new Error(`${entry} has no ONNX Runtime for this system`)
  const root = dirname(dirname(entry))
  const [to, theirs] = [join(packages, 'onnxruntime-node'), Object.values<string>(providerFiles)]
  const beside = join(to, relative(root, libraries))
  mkdirSync(beside, { recursive: true })
  // What Node loads is copied: it would follow a link, and all that is beside the link would not be found.
  for (const each of ['package.json', 'dist', 'lib'])
    cpSync(join(root, each), join(to, each), { recursive: true })
  symlinkSync(join(dirname(root), 'onnxruntime-common'), join(packages, 'onnxruntime-common'))
  for (const name of readdirSync(libraries).filter((name) => !theirs.includes(name)))
    if (name.endsWith('.node')) copyFileSync(join(libraries, name), join(beside, name))
    else symlinkSync(join(libraries, name), join(beside, name))
  if (provider) for (const name of theirs) symlinkSync(join(provider, name), join(beside, name))
  return join(to, relative(root, entry))
}
