import t from 'tap'
import { type Graph, nodesOf } from '../src/compiler/graph.js'
import { interpret } from '../src/compiler/interpret.js'
import type { NodeOf, Value } from '../src/compiler/node.js'
import { specialise } from '../src/compiler/specialise.js'
import { zooModel } from '../src/models/zoo.js'
import { seededInput } from '../src/runtime/inputs.js'
import { runTolerance } from '../src/verify/limits.js'
import { between, drawn, eitherSign, type Range } from '../src/weights/seeded/draw.js'
import { seeded } from '../src/weights/seeded/seeded.js'
import type { Weights } from '../src/weights/source.js'
import { normSensitivities } from './support/norm-sensitivity.js'

const noticed = 100 * runTolerance
const image = seededInput(3 * 32 * 32, 0)

function square(name: string, side: number): Graph {
  return specialise(zooModel(name).graph, { batch: 1, height: side, width: side })
}

t.test('every batch norm’s mean, epsilon and scale each matter to the output', async (t) => {
  const graph = square('hrnet-v2-small-v1', 32)
  let norms = 0
  for await (const { path, without } of normSensitivities(graph, seeded(graph, 0), image)) {
    norms++
    for (const what of ['mean', 'epsilon', 'scale'] as const) {
      const moved = without(what)
      t.ok(moved > noticed, `${path} without its ${what}: ${moved}`)
    }
  }
  t.equal(norms, 72)
})

/** Statistics drawn without regard to what the convolutions produce, as a newly made network would have them. */
function independent(): Weights {
  const ranges: Readonly<Record<NodeOf<'parameter'>['attributes']['role'], Range>> = {
    weight: between(-0.1, 0.1),
    bias: eitherSign(0, 0.1),
    normScale: between(0.5, 1.5),
    normShift: eitherSign(0, 0.5),
    normMean: eitherSign(0, 0.5),
    normVariance: between(0.5, 1.5),
    free: between(0.9, 1.1),
  }
  return {
    label: 'independent',
    read: ({ attributes: { name, role, shape } }) =>
      drawn(
        ranges[role],
        shape.reduce((a, b) => a * b, 1),
        0,
        name,
      ),
  }
}

t.test('with independent statistics no epsilon would be missed', async (t) => {
  const graph = square('hrnet-v2-small-v1', 32)
  let norms = 0
  for await (const { path, without } of normSensitivities(graph, independent(), image)) {
    norms++
    const moved = without('epsilon')
    t.ok(moved <= noticed, `${path} without its epsilon: ${moved}`)
  }
  t.equal(norms, 72)
})

t.test('HRNetV2’s statistics are of the size that its convolutions produce', async (t) => {
  const side = 128
  const graph = square('hrnet-v2-w4', side)
  const weights = seeded(graph, 0)
  const read = (parameter: NodeOf<'parameter'>): Float64Array =>
    Float64Array.from(weights.read(parameter) as Float32Array)
  const image = seededInput(3 * side * side, 0)
  const values = interpret(graph, new Map([['image', image]]), read)
  const valuesOf = (value: Value): Float64Array => values.get(value) as Float64Array
  let [channels, far, negative] = [0, 0, 0]
  const norms = nodesOf(graph).filter((node) => node.kind === 'batchNorm')
  for (const { inputs, origin } of norms) {
    const [mean, variance] = [valuesOf(inputs.mean), valuesOf(inputs.variance)]
    const real = momentsOf(valuesOf(inputs.input), mean.length)
    let [stored, produced, off] = [0, 0, 0]
    for (const [c, { m, v }] of real.entries()) {
      stored += variance[c] as number
      produced += v
      off += ((mean[c] as number) - m) ** 2
      const factor = (variance[c] as number) / v
      if (factor < 1 / 10 || factor > 10) far++
    }
    t.ok(
      stored < 4 * produced && produced < 4 * stored,
      `${origin.path} variance ${stored / produced}`,
    )
    t.ok(off < 2 * stored, `${origin.path} mean ${off / stored}`)
    channels += mean.length
    negative += valuesOf(inputs.scale).filter((s) => s < 0).length
  }
  t.equal(norms.length, 306)
  t.ok(far < channels / 50, `${far} of ${channels} channels are far off`)
  t.ok(negative > channels / 40 && negative < channels / 10, `${negative} negative scales`)
  for (const node of nodesOf(graph)) {
    if (node.kind !== 'activation' && node.kind !== 'add') continue
    const size = Math.sqrt(meanSquare(valuesOf(node)))
    t.ok(size > 0.25 && size < 4, `${node.kind} ${node.origin.path} has size ${size}`)
  }
})

/** Mean and variance of each channel of one image. */
function momentsOf(map: Float64Array, channels: number): { m: number; v: number }[] {
  const area = map.length / channels
  return Array.from({ length: channels }, (_, c) => {
    const plane = map.subarray(c * area, (c + 1) * area)
    const m = plane.reduce((a, b) => a + b, 0) / area
    return { m, v: meanSquare(plane.map((x) => x - m)) }
  })
}

function meanSquare(values: Float64Array): number {
  return values.reduce((sum, x) => sum + x * x, 0) / values.length
}
