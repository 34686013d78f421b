import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import t from 'tap'
import { plainNode } from './support/plain-node.js'

t.test(
  'npm start builds a net, verifies it on a photograph and shows it in 80 columns',
  async (t) => {
    const { code, stdout, stderr } = plainNode(['dist/scripts/start.js'], {
      env: { NO_COLOR: '1' },
    })
    t.equal(stderr, '')
    t.equal(code, 0)
    const lines = stdout.split('\n')
    t.same(
      lines.filter((line) => line.length > 80),
      [],
    )
    t.notOk(stdout.includes('\u001b'), 'no colours in a pipe')
    t.match(stdout, /stride 32 .*── 144 ──┘/)
    t.match(stdout, /9\.64 M parameters/)
    t.match(stdout, /fold-batch-norm .* fired 306 times/)
    t.match(stdout, /logits +\[1, 19, 72, 112\]/)
    t.match(stdout, /✔ equal/)
    const [, megabytes] = /^ {2}([\d.]+) MB/m.exec(stdout) ?? []
    t.equal((statSync('out/hrnet-v2-w18.onnx').size / 1e6).toFixed(2), megabytes)
  },
)

t.test('the photograph is the one that its licence is stated for', async (t) => {
  const [, stated] =
    /SHA-256 begins (\w+)/.exec(readFileSync('scripts/photo/README.md', 'utf8')) ?? []
  const hash = createHash('sha256').update(readFileSync('scripts/photo/chelsea.png')).digest('hex')
  t.equal(hash.slice(0, 16), stated)
})
