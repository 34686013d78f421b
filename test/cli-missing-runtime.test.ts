import { readdirSync } from 'node:fs'
import t from 'tap'
import { netFile, scratch } from './support/heddle.js'
import { installed } from './support/installed.js'
import { plainNode } from './support/plain-node.js'

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
  t.match(JSON.parse(doctor.stdout), {
    ok: false,
    providers: [],
    next: 'npm install onnxruntime-node',
  })
  const { code } = run('build hrnet-v2-w1 -o other.onnx --verify')
  t.equal(code, 3)
  t.same(
    readdirSync(cwd).sort(),
    ['heddle', 'net.onnx', 'net.ts'],
    'no file that was to be checked',
  )
})
