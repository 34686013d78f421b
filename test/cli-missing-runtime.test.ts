import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { netFile, scratch } from './support/heddle.js'
import { plainNode } from './support/plain-node.js'

const install = 'npm install onnxruntime-node'
const root = fileURLToPath(new URL('../../', import.meta.url))

/** heddle as it is installed where onnxruntime-node was left out. */
function installed(folder: string): string {
  cpSync(join(root, 'dist/src'), join(folder, 'heddle/dist/src'), { recursive: true })
  cpSync(join(root, 'package.json'), join(folder, 'heddle/package.json'))
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  for (const name of Object.keys(dependencies)) {
    const link = join(folder, 'heddle/node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), link, 'dir')
  }
  return join(folder, 'heddle/dist/src/cli/main.js')
}

t.test('without onnxruntime-node all but verify works, which says how to add it', async (t) => {
  const cwd = scratch(t, { 'net.ts': netFile() })
  const main = installed(cwd)
  const run = (line: string) => plainNode([main, ...line.split(' ')], { cwd })
  for (const line of [
    'models',
    'count hrnet-v2-w1',
    'print hrnet-v2-w1',
    'check hrnet-v2-w1',
    'count ./net.ts',
    'check ./net.ts',
    'build hrnet-v2-w1 -o net.onnx',
  ]) {
    const { code, stderr } = run(line)
    t.equal(code, 0, line)
    t.equal(stderr, '')
  }
  for (const line of ['verify hrnet-v2-w1 --json', 'verify net.onnx --json']) {
    const { code, stdout, stderr } = run(line)
    t.equal(code, 3, line)
    t.match(
      stderr,
      /onnxruntime-node, .* is not installed\n {2}Add it: npm install onnxruntime-node/,
    )
    t.match(JSON.parse(stdout), { error: { kind: 'RuntimeError', remedy: /npm install/ } })
  }
  const doctor = run('doctor --json')
  t.equal(doctor.code, 1)
  t.match(JSON.parse(doctor.stdout), { ok: false, providers: [], next: install })
  const { code } = run('build hrnet-v2-w1 -o other.onnx --verify')
  t.equal(code, 3)
  t.same(
    readdirSync(cwd).sort(),
    ['heddle', 'net.onnx', 'net.ts'],
    'no file that was to be checked',
  )
})
