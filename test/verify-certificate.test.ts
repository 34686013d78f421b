import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { build } from '../src/build/build.js'
import { compile } from '../src/compile.js'
import { print } from '../src/compiler/print.js'
import { convBnRelu } from '../src/dsl/blocks.js'
import { conv } from '../src/dsl/layers.js'
import { image, model } from '../src/dsl/model.js'
import { type Certificate, certify, measurementsOf } from '../src/verify/certificate/certificate.js'
import { checkCertificate, readCertificate } from '../src/verify/certificate/check.js'
import { sealOf } from '../src/verify/certificate/seal.js'
import { heddle } from './support/heddle.js'

const network = model('small', image(3, { size: [16, 16] }), (x) => ({
  y: conv(convBnRelu(x, 4, { kernel: 3 }), 4, { kernel: 1, bias: true, name: 'last' }),
}))
const size = { height: 16, width: 16 }
const sha256 = (bytes: string | Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex')

t.test('a certificate says what was proved, of which bytes, and how', async (t) => {
  const { report, certificate } = await certify(network, { size, seed: 3 })
  t.equal(report.verdict, 'equal')
  const output = join(t.testdir(), 'small.onnx')
  await build(network, { output, size, seed: 3 })
  const bytes = readFileSync(output)
  const { plain, graph } = compile(network, { size })
  t.match(certificate, {
    model: 'small',
    verdict: 'equal',
    file: { bytes: bytes.length, sha256: sha256(bytes) },
    network: { written: sha256(print(plain)), compiled: sha256(print(graph)) },
    seed: 3,
    trials: {
      of: [
        { scale: 1, seed: 3 },
        { scale: 1 / 64, seed: 4 },
        { scale: 64, seed: 5 },
      ],
    },
    passes: [{ name: 'fold-batch-norm', firings: 1, proved: 1, worst: { path: '1' } }],
    measured: { runtime: report.runtime, provider: 'cpu', outputs: [{ at: 'y' }] },
  })
  t.match(certificate.passes[0]?.equation, /=/)
  t.match(certificate.sha256, /^[0-9a-f]{64}$/)
  t.match(await checkCertificate(certificate, network, { size, seed: 3 }), {
    ok: true,
    differences: [],
    sameMachine: true,
  })
  const { differences } = await checkCertificate(certificate, network, { size, seed: 4 })
  t.match(
    differences.join('\n'),
    /^file\.sha256 is "[0-9a-f]+" in the certificate, and "[0-9a-f]+" here$/m,
  )
})

t.test('what a device rounds to, and what it leaves to the CPU, is certified too', async (t) => {
  const { report, certificate } = await certify(network, { size })
  t.notOk('tf32' in certificate.measured || 'cpuNodes' in certificate.measured)
  for (const more of [{ tf32: true }, { cpuNodes: [{ name: 'top', operator: 'TopK' }] }]) {
    const measured = measurementsOf({ ...report, ...more })
    t.match(measured, more)
    const other = { ...certificate, measured }
    t.match(await checkCertificate(other, network, { size }), { ok: true, sameMachine: false })
  }
})

/** A document with another value at one of its leaves, for each of them. */
function* edits(value: unknown): Generator<readonly [path: string, edited: unknown]> {
  if (value === null || typeof value !== 'object') {
    const other =
      typeof value === 'number' ? value * 3 + 1 : typeof value === 'boolean' ? !value : `${value}!`
    yield ['', other]
    return
  }
  for (const [key, inner] of Object.entries(value))
    for (const [path, edited] of edits(inner)) {
      const copy = Array.isArray(value) ? [...value] : { ...value }
      Object.assign(copy, { [key]: edited })
      yield [`${key}.${path}`, copy]
    }
}

t.test(
  'any edit is found: by its hash, and where that is made anew by proving again',
  async (t) => {
    const { certificate } = await certify(network, { size })
    const path = join(t.testdir(), 'c.json')
    const text = JSON.stringify(certificate)
    let count = 0
    for (const [at, edited] of edits(certificate)) {
      count++
      writeFileSync(path, JSON.stringify(edited))
      const problem = at === 'certificate.' ? /is no certificate/ : /was edited/
      await t.rejects(readCertificate(path), { name: 'InputError', message: problem }, at)
      if (['certificate.', 'sha256.', 'command.'].some((own) => at.startsWith(own))) continue
      if (/^measured\.(?:machine|runtime|provider)\.$/.test(at)) continue
      const sealed = { ...(edited as Certificate), sha256: await sealOf(edited as object) }
      const { ok, differences } = await checkCertificate(sealed, network, { size })
      t.notOk(ok, `${at} ${differences[0]}`)
    }
    t.ok(count > 30)
    writeFileSync(path, text)
    t.same(await readCertificate(path), certificate)
    for (const other of ['', '[]', 'null', '{}', text.slice(0, -9)]) {
      writeFileSync(path, other)
      await t.rejects(readCertificate(path), { message: /is no certificate/ }, other.slice(0, 9))
    }
    await t.rejects(readCertificate('none.json'), { message: /there is no such file/ })
  },
)

const source = `import { conv, convBnRelu, image, model } from 'heddle'
export const small = model('small', image(3, { size: [16, 16] }), (x) => ({
  y: conv(convBnRelu(x, 4, { kernel: 3 }), 4, { kernel: 1 }),
}))
`

t.test('the command line writes one, proves it again, and tells another file', async (t) => {
  const cwd = t.testdir({ 'net.ts': source })
  const certified = heddle('verify ./net.ts --seed 3 --certificate c.json', { cwd })
  t.match(certified, { code: 0, stdout: /certified in c\.json/ })
  t.match(heddle('verify --check c.json', { cwd }), {
    code: 0,
    stdout:
      /^small\n {2}heddle verify \.\/net\.ts --seed 3\n {2}holds: all of c\.json was found here$/m,
  })
  heddle('build ./net.ts --seed 3 --input 16x16 -o small.onnx', { cwd })
  heddle('build ./net.ts --seed 4 --input 16x16 -o other.onnx', { cwd })
  t.match(heddle('verify small.onnx --check c.json', { cwd }), { code: 0 })
  t.match(heddle('verify other.onnx --check c.json', { cwd }), {
    code: 2,
    stderr:
      /^error: c\.json is a certificate of another file: its SHA-256 is \w{64}, and that of other\.onnx is \w{64}\n/,
  })
  t.match(heddle('verify --check c.json --seed 4', { cwd }), { code: 2, stderr: /--seed/ })

  writeFileSync(join(cwd, 'net.ts'), source.replace('kernel: 3', 'kernel: 5'))
  t.match(heddle('verify --check c.json', { cwd }), {
    code: 1,
    stdout:
      /does not hold: \d+ differences\n(?: .*\n)* {2}file\.bytes is \d+ in the certificate, and \d+ here$/m,
  })
  const text = readFileSync(join(cwd, 'c.json'), 'utf8')
  writeFileSync(join(cwd, 'c.json'), text.replace('"seed": 3', '"seed": 4'))
  t.match(heddle('verify --check c.json', { cwd }), {
    code: 2,
    stderr: /^error: c\.json was edited: its content has the SHA-256 \w{64}, and it says \w{64}\n/,
  })
})
