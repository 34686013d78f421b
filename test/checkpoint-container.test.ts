import { statSync } from 'node:fs'
import t from 'tap'
import { chooseContainer, notTaken } from '../src/checkpoint/container.js'
import { inspectCheckpoint } from '../src/checkpoint/inspect.js'
import { openCheckpoint } from '../src/checkpoint/open.js'
import { InputError } from '../src/errors.js'
import type { Container, TensorFile } from '../src/weights/formats/tensor-file.js'
import { checkpoint } from './support/checkpoints.js'
import { zeros } from './support/real-keys.js'

function file(...names: readonly string[]): TensorFile {
  const containers = names.map((name) => ({ name, tensors: [zeros('weight', [1])] }))
  return { format: 'pytorch', containers, others: [] }
}

function chosen(
  names: readonly string[],
  options: Parameters<typeof chooseContainer>[2] = {},
): string {
  try {
    return chooseContainer('net.pth', file(...names), options).name
  } catch (error) {
    if (error instanceof InputError) return error.message
    throw error
  }
}

t.test('the weights of training come before the best ones and the averaged ones', async (t) => {
  t.equal(chosen(['best_state_dict', 'state_dict_ema', 'state_dict']), 'state_dict')
  t.equal(chosen(['model', 'state_dict']), 'state_dict')
  t.equal(chosen(['model_ema', 'model']), 'model')
  t.equal(chosen(['best_state_dict', 'ema_state_dict']), 'best_state_dict')
  t.equal(chosen(['']), '')
  t.equal(chosen(['ema_state_dict', '']), '')
  t.equal(chosen(['net']), 'net', 'one that nobody knows, where there is no other')
})

t.test('averaged weights are taken where they are asked for', async (t) => {
  for (const name of ['state_dict_ema', 'model_ema', 'ema_state_dict'])
    t.equal(chosen(['state_dict', name], { ema: true }), name)
  t.equal(
    chosen(['state_dict', 'best_state_dict'], { ema: true }),
    'net.pth has no averaged weights (EMA)\n  It has state_dict (1 tensor), best_state_dict (1 tensor): leave --ema out.',
  )
  t.match(
    chosen(['model_ema']),
    'has averaged weights (EMA) alone: model_ema (1 tensor)\n  Take them by --ema.',
  )
})

t.test('a container is taken by its name', async (t) => {
  t.equal(chosen(['state_dict', 'outer.inner'], { container: 'outer.inner' }), 'outer.inner')
  t.equal(
    chosen(['state_dict', ''], { container: 'model' }),
    'net.pth has no container model\n  It has state_dict (1 tensor), tensors of its own (1 tensor).',
  )
  t.match(chosen(['net', 'other']), 'has several containers: net (1 tensor), other (1 tensor)')
  t.match(chosen([]), 'holds no tensors')
  t.match(chosen(['model'], { ema: true, container: 'model' }), 'Ask for one of them')
})

t.test('a container with what heddle does not read is refused where it is taken', async (t) => {
  const refused = new InputError({ problem: 'net.pth: tensor "z" is complex', remedy: 'Save it.' })
  const [plain] = file('model').containers
  const all: TensorFile = {
    ...file(),
    containers: [plain as Container, { name: 'fft', tensors: [], refused }],
  }
  t.same(notTaken(all, chooseContainer('net.pth', all, {})), [
    'the file also holds fft (with tensors that heddle does not read)',
  ])
  t.throws(() => chooseContainer('net.pth', all, { container: 'fft' }), refused)
})

t.test('of many containers a few are told of by name', async (t) => {
  const names = Array.from({ length: 300 }, (_, i) => `net${i}`)
  t.match(chosen(names), /net7 \(1 tensor\), and 292 more\n/)
  const all = file('model', ...names)
  const told = notTaken(all, chooseContainer('net.pth', all, {}))
  t.equal(told.length, 9)
  t.equal(told.at(-1), 'the file also holds 292 more containers, which were not taken')
})

t.test('what was not taken is told of, with the option that takes it', async (t) => {
  const all = file('state_dict', 'state_dict_ema', 'best_state_dict')
  t.same(notTaken(all, chooseContainer('net.pth', all, {})), [
    'the file also holds state_dict_ema (1 tensor), which was not taken: --ema takes it',
    'the file also holds best_state_dict (1 tensor), which was not taken: --container best_state_dict takes it',
  ])
})

t.test('of a file that PyTorch saved, each container is another network’s', async (t) => {
  const plain = await inspectCheckpoint(checkpoint('training.pth'))
  const ema = await inspectCheckpoint(checkpoint('training.pth'), { ema: true })
  t.match(plain, { format: 'pytorch', container: 'state_dict', layout: 'own', fits: [] })
  t.same(plain.containers, ['state_dict', 'state_dict_ema', 'outer.inner'])
  t.same(plain.tensors[0], { name: 'module.0.weight', shape: [2, 1, 1, 1], dtype: 'float32' })
  t.same(ema.tensors[0], { name: '0.weight', shape: [2, 1, 1, 1], dtype: 'float32' })
})

t.test('an index of several files is as large as all of them', async (t) => {
  const names = [
    'model.safetensors.index.json',
    'model-00001-of-00002.safetensors',
    'model-00002-of-00002.safetensors',
  ]
  const { bytes } = await inspectCheckpoint(checkpoint(names[0] as string))
  t.equal(
    bytes,
    names.reduce((sum, name) => sum + statSync(checkpoint(name)).size, 0),
  )
})

t.test('opening ends by its signal, before anything is read and after', async (t) => {
  const signal = AbortSignal.abort(new Error('enough'))
  await t.rejects(openCheckpoint(checkpoint('training.pth'), { signal }), { message: 'enough' })
})
