import t from 'tap'
import { operationsOf, parametersOf } from '../src/compiler/graph.js'
import {
  compile,
  conv,
  deployed,
  globalPool,
  hrnetTrunk,
  InputError,
  image,
  type Model,
  model,
  withOutputs,
} from '../src/index.js'
import { heddleInTurn, scratch } from './support/heddle.js'
import { writeSeeded } from './support/seeded-file.js'

const size = { height: 64, width: 64 }

/** Paths of the last fusion by the branch that they lead to. */
function lastFusion(network: Model): readonly string[] {
  const paths = operationsOf(compile(network, { size, passes: [] }).graph).flatMap(
    ({ origin: { path } }) => /^stage4\.2\.fuse_layers\.(\d)/.exec(path)?.[1] ?? [],
  )
  return [...new Set(paths)].sort()
}

t.test('what reaches no output that is wanted is not in the network', (t) => {
  const whole = hrnetTrunk(8)
  const finest = withOutputs(whole, ['stride4'])
  t.same(lastFusion(whole), ['0', '1', '2', '3'])
  t.same(lastFusion(finest), ['0'], 'the fuse layers of other branches are gone')
  const operations = (each: Model): number => operationsOf(each.graph).length
  // Ten convolutions with norms lead down, four of them with a ReLU; three lead up, each resized. Nine sums; three ReLUs.
  t.equal(operations(whole) - operations(finest), 10 * 2 + 4 + 3 * 3 + 9 + 3)
  t.ok(parametersOf(finest.graph).length < parametersOf(whole.graph).length)
  t.same(Object.keys(finest.outputs), ['stride4'])
  t.end()
})

t.test('outputs come in the order in which they are wanted', (t) => {
  const { graph } = withOutputs(hrnetTrunk(8), ['stride16', 'stride8'])
  t.same(
    graph.outputs.map(({ name }) => name),
    ['stride16', 'stride8'],
  )
  t.end()
})

const answering = model(
  'answering',
  image(3),
  (x) => {
    const scores = conv(x, 4, { kernel: 1 })
    return { scores, pooled: globalPool(scores) }
  },
  { answer: { kind: 'segmentation', output: 'scores' } },
)

t.test('an answer stays with its output', (t) => {
  t.equal(withOutputs(answering, ['scores']).answer?.output, 'scores')
  const silent = withOutputs(answering, ['pooled'])
  t.notOk('answer' in silent)
  t.throws(() => deployed(silent, { output: 'argmax' }), InputError, 'nothing tells of classes')
  t.end()
})

t.test('names that are none, none at all, and one twice are refused', (t) => {
  const refused = (names: readonly string[], message: RegExp): void =>
    void t.throws(() => withOutputs(answering, names), { name: 'InputError', message })
  refused(['score'], /answering has no output “score”\n.*are scores, pooled\./)
  refused([], /0 outputs of answering are wanted\n.*are scores, pooled\./)
  refused(['pooled', 'pooled'], /output “pooled” is wanted twice/)
  t.end()
})

t.test('commands take --outputs, and the weights of the whole network', async (t) => {
  const folder = scratch(t)
  await writeSeeded(`${folder}/trunk.safetensors`, hrnetTrunk(4))
  const wanted = 'hrnet-w4-trunk --input 32x32 --outputs stride4'
  const [counted, built, unknown] = heddleInTurn(
    [
      `count ${wanted},stride8 --by stage`,
      `build ${wanted} --weights trunk.safetensors -o net.onnx --json`,
      `verify hrnet-w4-trunk --outputs stride5`,
    ],
    { cwd: folder },
  )
  t.equal(counted?.code, 0)
  t.same(built, { ...built, code: 0 })
  t.equal(unknown?.code, 2)
  t.match(unknown?.stderr, 'hrnet-w4-trunk has no output “stride5”')
})
