import { join } from 'node:path'
import t from 'tap'
import { RuntimeError } from '../src/errors.js'
import { openOnnxRuntimeNode } from '../src/runtime/engines/onnxruntime-node.js'
import { misplaced, nodesOnCpu, placedOn } from '../src/runtime/placement.js'
import { type Placement, placementIn, type RanNode } from '../src/runtime/profile.js'
import { scratch } from './support/heddle.js'
import { tinyOnnx } from './support/tiny-onnx.js'

process.env.TMPDIR = scratch(t)

/** A line of ONNX Runtime's profile. */
function line(name: string, operator: string, provider: string, index: number): string {
  return `{"cat" : "Node","name" :"${name}_kernel_time","args" : {"op_name" : "${operator}","provider" : "${provider}ExecutionProvider","node_index" : "${index}"}},`
}

const node = (name: string, operator = 'Conv'): RanNode => ({ name, operator })
const mixed: Placement = { cpu: [node('head/argmax', 'ArgMax')], cuda: [node('a'), node('b')] }

t.test('where each node ran is read from the profile, a node once', async (t) => {
  const profile = [
    '[',
    '{"cat" : "Session","name" :"session_initialization","args" : {}},',
    line('stem/"conv"', 'Conv', 'CUDA', 0),
    line('head/argmax', 'ArgMax', 'CPU', 1),
    line('stem/"conv"', 'Conv', 'CUDA', 0),
    line('', 'Resize', 'WebGpu', 2),
    ']',
  ].join('\n')
  t.same(await placementIn(t.testdir({ 'run.json': profile })), {
    cpu: [node('head/argmax', 'ArgMax')],
    cuda: [node('stem/"conv"')],
    webgpu: [node('', 'Resize')],
  })
})

t.test('what ran is told, and never what was asked', async (t) => {
  t.equal(placedOn(mixed, 'cuda'), 'cuda')
  t.equal(placedOn({ cpu: [node('a')] }, 'cuda'), 'cpu')
  t.equal(placedOn({}, 'cuda'), 'none')
  t.same(nodesOnCpu(mixed, 'cuda'), mixed.cpu)
  t.same(nodesOnCpu(mixed, 'cpu'), [], 'on the CPU they are where they belong')
})

t.test('a node that stays on the CPU is an error that names it, unless it may', async (t) => {
  t.equal(misplaced(mixed, 'cpu', false), undefined)
  t.equal(misplaced(mixed, 'cuda', true), undefined)
  t.equal(misplaced({ cuda: [node('a')] }, 'cuda', false), undefined)
  t.match(misplaced(mixed, 'cuda', false), {
    message:
      /^1 of 3 nodes ran on the CPU, and cuda was asked for: ArgMax head\/argmax\n.*--target ort-cuda.*--allow-cpu-nodes/,
  })
  const many = Array.from({ length: 9 }, (_, i) => node(`n${i}`))
  t.match(misplaced({ cpu: many }, 'webgpu', false), {
    message: /^9 of 9 nodes .* Conv n5 and 3 more\n.*--target ort-web/,
  })
  t.type(misplaced({ cpu: many }, 'webgpu', true), RuntimeError, 'not all of them')
})

t.test('ONNX Runtime names in its profile what it ran, by the names of the file', async (t) => {
  const profile = t.testdir()
  const engine = await openOnnxRuntimeNode(
    {
      model: tinyOnnx(),
      engine: 'onnxruntime-node',
      provider: 'cpu',
      cuda: {},
      optimize: false,
      threads: undefined,
      memoryPattern: true,
      partition: undefined,
      profile,
      folder: process.cwd(),
    },
    () => {},
  )
  await engine.run({ x: { data: new Float32Array(32), dims: [1, 2, 4, 4] } }, ['y'])
  t.same(await placementIn(profile), {}, 'not before the profile has ended')
  engine.endProfile()
  t.same(await placementIn(profile), { cpu: [node('shift', 'Add'), node('end', 'Relu')] })
  await engine.close()
  await t.rejects(placementIn(join(profile, 'none')))
})
