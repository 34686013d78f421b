import { readFileSync } from 'node:fs'
import t from 'tap'
import { plainNode } from './support/plain-node.js'

t.test(
  'npm start shows a picture in, the right answer out, and the same from PyTorch, in 80 columns',
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
    t.match(stdout, /250\.33 k parameters/)
    t.match(stdout, /54 batch norms folded/)
    t.match(stdout, '24,576 of 24,576 pixels')
    t.match(stdout, /✔ \d digits of \d found/)
    t.match(stdout, '✔ the same answer')
    t.match(stdout, /stride 32 .*── 144 ──┘/)
    t.same(
      [...readFileSync('out/digits.png').subarray(1, 4)]
        .map((x) => String.fromCharCode(x))
        .join(''),
      'PNG',
    )
  },
)
