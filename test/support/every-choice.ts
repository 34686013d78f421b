import { make } from '../../src/compiler/make.js'
import type { Box, Kind, Kinds, Value } from '../../src/compiler/node.js'
import { Tensor } from '../../src/dsl/feature.js'
import { functionOrigin } from '../../src/dsl/scope.js'
import { conv, type Feature, image, type Model, model, parameter, scope } from '../../src/index.js'

type Picture = Feature<4, 1>

function made<K extends Kind>(
  kind: K,
  inputs: Kinds[K]['inputs'],
  attributes: Kinds[K]['attributes'],
): Value {
  return make(kind, inputs, attributes, functionOrigin(kind)) as Value
}

const two: readonly Box[] = [
  [-2, -3, 5, 4],
  [0, 0, 3, 9],
]
const anchors = (x: Picture): Value => made('anchors', { like: x.value }, { stride: 2, boxes: two })
const reshape = (input: Value, ...sides: number[]): Value => made('reshape', { input }, { sides })
/** The best of a layer's numbers, and where they stand. */
const best = (x: Picture, most: number, index: 0 | 1): Value => {
  const { value: input } = conv(x, 2, { kernel: 1, bias: true })
  const of = make('topK', { input }, { most }, functionOrigin('topK'))
  return made('result', { of }, { index })
}
const places = (x: Picture): Value => scope('places', () => best(x, 6, 1))
const free = (name: string, ...shape: number[]): Value => parameter(name, shape).value
const decoded = (x: Picture, deltas: Value): Value =>
  made(
    'decodeBoxes',
    {
      boxes: made('gather', { input: anchors(x), places: places(x) }, { each: false }),
      deltas,
      picture: x.value,
    },
    { means: [0, 0, 0.1, 0], deviations: [0.1, 0.1, 0.2, 0.2] },
  )
const boxes = (x: Picture): Value => decoded(x, free('deltas', 6, 4))
const level = (x: Picture, stride: 1 | 2): Value =>
  scope(`level${stride}`, () => conv(x, 3, { kernel: 3, stride }).value)
const aligned = (x: Picture, finest: number, ...strides: (1 | 2)[]): Value =>
  made(
    'roiAlign',
    { levels: strides.map((stride) => level(x, stride)), boxes: boxes(x) },
    { strides, side: 3, samples: 2, finest },
  )

/** Every way in which what chooses boxes is written, over one picture. */
const bodies: Readonly<Record<string, (x: Picture) => Value>> = {
  anchors,
  topK: (x) => best(x, 7, 0),
  topKPlaces: (x) => best(x, 7, 1),
  topKOfFewer: (x) => best(x, 1000, 0),
  gather: (x) => made('gather', { input: anchors(x), places: places(x) }, { each: false }),
  gatherEach: (x) => {
    const own = made('wholeDivide', { input: places(x) }, { by: 5, gives: 'remainder' })
    return made('gather', { input: free('table', 6, 5, 2, 3), places: own }, { each: true })
  },
  quotient: (x) => made('wholeDivide', { input: places(x) }, { by: 5, gives: 'quotient' }),
  remainder: (x) => made('wholeDivide', { input: places(x) }, { by: 5, gives: 'remainder' }),
  decodeBoxes: boxes,
  decodeBoxesOfEach: (x) => decoded(x, free('deltas', 6, 3, 4)),
  roiAlign: (x) => aligned(x, 56, 2),
  roiAlignOfLevels: (x) => aligned(x, 2, 1, 2),
  nonMaxSuppression: (x) =>
    made(
      'nonMaxSuppression',
      { boxes: reshape(boxes(x), 1, 6, 4), scores: free('scores', 1, 5, 6) },
      { overlap: 0.3, least: 0 },
    ),
  nonMaxSuppressionOfSets: (x) =>
    made(
      'nonMaxSuppression',
      { boxes: reshape(boxes(x), 2, 3, 4), scores: free('scores', 2, 2, 3) },
      { overlap: 0.6, least: 1 },
    ),
}

/** Every kind of node that chooses, under outputs of their own. */
export const everyChoice: Model = model('every_choice', image(4, { size: [7, 12] }), (x) =>
  Object.fromEntries(
    Object.entries(bodies).map(([name, body]) => [
      name,
      scope(`of.${name}`, () => new Tensor(body(x), x.trace)),
    ]),
  ),
)
