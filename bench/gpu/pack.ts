import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { machine } from '../machine.js'

/**
 * `npm run bench:gpu:pack -- FOLDER`: the bench with all of heddle that it uses, in a few files that need Node,
 * onnxruntime-node and a Python with PyTorch, and nothing else.
 */
const [folder] = process.argv.slice(2)
if (folder === undefined) {
  console.error('Name a folder to pack into.')
  process.exit(2)
}
const root = fileURLToPath(new URL('../../../', import.meta.url))
rmSync(folder, { recursive: true, force: true })
const { warnings } = await build({
  absWorkingDir: join(root, 'dist'),
  entryPoints: {
    gpu: 'bench/gpu.js',
    'gpu/runner': 'bench/gpu/runner.js',
    // Where a session looks for it: beside the file that it was bundled into.
    'gpu/worker': 'src/runtime/worker.js',
  },
  outdir: resolve(folder),
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.11',
  minify: true,
  external: ['onnxruntime-node', 'koffi'],
  logLevel: 'warning',
})
if (warnings.length > 0) process.exit(1)
for (const name of readdirSync(join(root, 'bench/gpu')).filter((each) => each.endsWith('.py')))
  cpSync(join(root, 'bench/gpu', name), join(folder, 'gpu', name))
const { commit } = machine()
writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
writeFileSync(join(folder, 'pack.json'), `${JSON.stringify({ commit })}\n`)
// Native, and so not bundled: the library for Linux on x64 alone.
for (const name of ['koffi', '@koromix/koffi-linux-x64']) {
  const from = join(root, 'node_modules', name)
  if (!existsSync(from)) continue
  mkdirSync(join(folder, 'node_modules', name), { recursive: true })
  cpSync(from, join(folder, 'node_modules', name), {
    recursive: true,
    filter: (path) =>
      !/\/(doc|lib|vendor|musl_x64|abi|cnoke\.cjs)$|\.(md|h|cc|hh|d\.ts|inc|txt)$/.test(path),
  })
}
