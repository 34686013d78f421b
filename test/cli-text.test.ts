import t from 'tap'
import { heddle, heddleInTurn, netFile, scratch } from './support/heddle.js'

/** Text for people, as it stands in a pipe: read in review. */

t.test('models: a line each', async (t) => {
  t.matchSnapshot(heddle('models').stdout)
})

t.test('count: every figure has its unit and convention', async (t) => {
  const cwd = scratch(t, {
    'net.ts': netFile('small', "scope('stem', () => relu(conv(x, 8, { kernel: 3 })))"),
  })
  const lines = ['count hrnet-w4-c --by stage', 'count hrnet-v2-w48', 'count ./net.ts --by layer']
  const [byStage, byBranch, byLayer] = heddleInTurn(lines, { cwd })
  t.matchSnapshot(byStage?.stdout, 'by stage')
  t.matchSnapshot(byBranch?.stdout, 'by branch')
  t.matchSnapshot(byLayer?.stdout, 'by layer')
})

t.test(
  'how a network of the zoo upsamples is told wherever its outputs depend on it',
  async (t) => {
    const cwd = scratch(t)
    const small = 'hrnet-v2-small-v1'
    const told = [
      [`count ${small}`, '--classes 19, --upsample bilinear, no --align-corners'],
      [
        `build ${small} --input 32x32 --align-corners`,
        '--classes 19, --upsample bilinear, --align-corners',
      ],
      [
        `verify ${small} --input 32x32 --upsample nearest`,
        '--classes 19, --upsample nearest, no --align-corners',
      ],
      // Its fusion is nearest, its neck bilinear.
      ['count hrnet-v2p-w1', '--upsample nearest, no --align-corners'],
      ['count hrnet-v1-w1', '--joints 17, --upsample nearest'],
    ] as const
    const all = heddleInTurn(
      told.map(([line]) => line),
      { cwd },
    )
    for (const [i, [line, choices]] of told.entries())
      t.ok(
        all[i]?.stdout.split('\n').some((each) => each.replace(/^ +(choices +)?/, '') === choices),
        line,
      )
  },
)

t.test('count says what it could not', async (t) => {
  const cwd = scratch(t, {
    'net.ts': `import { foreign, image, model } from 'heddle'
export const net = model('odd', image(3, { size: [8, 8] }), (x) => {
  const [y] = foreign('Erf', { inputs: [x], results: [{ kind: 'feature', channels: 3, stride: 1 }] })
  return { y }
})
`,
  })
  t.match(heddle('count ./net.ts', { cwd }).stdout, /Not counted: 1 foreign operator \(Erf\)/)
})

t.test('print: dynamic sides by name, as written or after the passes', async (t) => {
  const cwd = scratch(t, {
    'net.ts': netFile(
      'small',
      "scope('stem', () => relu(batchNorm(conv(x, 8, { kernel: 3, stride: 2 }))))",
    ),
  })
  t.matchSnapshot(
    heddle('print ./net.ts --no-passes --input dynamic --batch dynamic', { cwd }).stdout,
    'as written',
  )
  t.matchSnapshot(heddle('print ./net.ts', { cwd }).stdout, 'after the passes')
})

t.test('build: what each pass did, and what it declined', async (t) => {
  const cwd = scratch(t, {
    'net.ts': netFile(
      'small',
      "scope('stem', () => { const a = conv(x, 8, { kernel: 3 }); return add(relu(batchNorm(a)), batchNorm(a), batchNorm(relu(a))) })",
    ),
  })
  const { stdout } = heddle('build ./net.ts -o net.onnx --verify', { cwd })
  const timeless = stdout
    .replace(/ +\d+ ms/g, '  N ms')
    .replace(/ +time$/m, '  time')
    .replace(/\d\.\de-\d/g, 'N.Ne-N')
    .replace(/onnxruntime-node \S+/, 'onnxruntime-node X')
  t.matchSnapshot(timeless)
})

t.test('verify: what is compared, on what, and that a size was chosen', async (t) => {
  const cwd = scratch(t, {
    'net.ts': netFile(
      'net',
      'batchNorm(conv(batchNorm(conv(x, 8, { kernel: 3 })), 8, { kernel: 3 }))',
    ).replace('32, 48', '512, 1024'),
  })
  const { stdout } = heddle('verify ./net.ts --features', { cwd })
  t.match(stdout, /input \[1, 3, 16, 32\] \(a small size; state another by --input\)/)
  t.match(stdout, /compared with the network as written in float64, at scale 1, 1\/64, 64$/m)
  t.match(stdout, /onnxruntime-node \d\S*, on cpu/)
  t.match(stdout, /^ {2}\d+ values did not outlive the passes$/m)
})
