import t from 'tap'
import { drawAnswer } from '../src/answer/draw.js'
import type { Points, Segmentation } from '../src/answer/result.js'
import { stroke } from '../src/picture/canvas.js'
import { glyphs } from '../src/picture/font.js'
import { colourOf } from '../src/picture/palette.js'
import { blank, type Picture } from '../src/picture/picture.js'
import { drawText, textWidth } from '../src/picture/text.js'
import { patterned } from './support/pictures.js'

/** A picture of one channel as text: white is #. */
function shown({ width, height, data }: Picture): readonly string[] {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) =>
      (data[(y * width + x) * 3] as number) > 127 ? '#' : '.',
    ).join(''),
  )
}

function pixel({ width, data }: Picture, x: number, y: number): readonly number[] {
  const at = (y * width + x) * 3
  return [...data.subarray(at, at + 3)]
}

const segmentation: Segmentation = {
  kind: 'segmentation',
  map: { width: 3, height: 2, data: Uint32Array.of(0, 0, 0, 9, 9, 1) },
  classes: [
    { index: 0, label: 'road', pixels: 3, share: 0.5 },
    { index: 9, pixels: 2, share: 2 / 6 },
    { index: 1, pixels: 1, share: 1 / 6 },
  ],
}

t.test('what is labelled background is named, and not covered', async (t) => {
  const picture = patterned(3, 2)
  const [first, ...rest] = segmentation.classes
  const drawn = (label: string): Picture => {
    const classes = [{ ...(first as (typeof rest)[0]), label }, ...rest]
    return drawAnswer(picture, { ...segmentation, classes }, { opacity: 1 })
  }
  for (const label of ['background', 'Background']) {
    t.same(pixel(drawn(label), 0, 0), pixel(picture, 0, 0))
    t.same(pixel(drawn(label), 1, 1), colourOf(9))
    t.same(pixel(drawn(label), 4, 2 + 4), [255, 255, 255], 'its swatch has no colour')
  }
  t.same(pixel(drawn('backgrounds'), 0, 0), colourOf(0))
})

t.test('a text is drawn, whatever letters it has', async (t) => {
  const canvas = blank({ width: 12, height: 7 }, 3)
  drawText(canvas, 'Hé', [0, 0], 1, [255, 255, 255])
  t.same(shown(canvas), [
    '#...#.......',
    '#...#.......',
    '#...#..###..',
    '#####.#...#.',
    '#...#.#####.',
    '#...#.#.....',
    '#...#..###..',
  ])
  t.equal(textWidth('日本 ß', 2), 4 * 12)
  const drawn = new Set(glyphs.map((columns) => columns.join()))
  t.equal(drawn.size, 95, 'no two letters look the same')
  t.ok(glyphs.every((columns) => columns.length === 5 && columns.every((byte) => byte < 128)))
})

t.test('a line is drawn as far as it is in the picture', async (t) => {
  const canvas = blank({ width: 5, height: 5 }, 3)
  stroke(canvas, { x: -3, y: -3 }, { x: 30, y: 30 }, 0.5, [255, 255, 255])
  t.same(shown(canvas), ['#....', '.#...', '..#..', '...#.', '....#'])
  stroke(canvas, { x: 2, y: 2 }, { x: 2, y: 2 }, 1.5, [255, 255, 255])
  t.same(shown(canvas), ['#....', '.###.', '.###.', '.###.', '....#'])
})

t.test('classes are drawn over their pixels, and named below', async (t) => {
  for (const channels of [1, 3] as const) {
    const picture = patterned(3, 2, channels)
    const drawn = drawAnswer(picture, segmentation, { opacity: 1 })
    t.same(pixel(drawn, 0, 0), colourOf(0))
    t.same(pixel(drawn, 1, 1), colourOf(9))
    t.same(pixel(drawn, 2, 1), colourOf(1))
    t.ok(drawn.height > 2 + 3 * 7 && drawn.width >= 'road 50.0 %'.length * 6)
    t.same(pixel(drawn, 4, 2 + 4), colourOf(0), 'a swatch')
    const clear = drawAnswer(picture, segmentation, { opacity: 0 })
    const grey = [...picture.data.subarray(0, 1)]
    t.same(
      pixel(clear, 0, 0),
      channels === 3 ? [...picture.data.subarray(0, 3)] : [...grey, ...grey, ...grey],
    )
  }
  const half = drawAnswer({ ...patterned(3, 2), data: new Uint8Array(18) }, segmentation)
  t.same(
    pixel(half, 0, 0),
    colourOf(0).map((value) => Math.round(value / 2)),
  )
})

t.test('the picture that is drawn on stays as it was, and keeps its place', async (t) => {
  const picture = patterned(40, 30)
  const copy = picture.data.slice()
  const classification = {
    kind: 'classification',
    classes: [{ index: 3, label: 'cat', probability: 0.5 }, { index: 4 }],
  } as const
  const drawn = drawAnswer(picture, classification)
  t.same(picture.data, copy)
  for (const [x, y] of [
    [0, 0],
    [39, 29],
    [17, 8],
  ] as const)
    t.same(pixel(drawn, x, y), pixel(picture, x, y))
  t.ok(drawn.height > 30)
})

t.test(
  "points are drawn where they are, COCO's joined; those that are nowhere are not",
  async (t) => {
    const joints = ['nose', 'left eye', 'right eye']
    const points = Array.from({ length: 17 }, (_, index) => ({
      index,
      label: joints[index] ?? `joint ${index}`,
      x: 10 + 60 * (index % 2),
      y: 10 + 5 * index,
      score: index === 4 ? 0 : 1,
    }))
    const answer: Points = { kind: 'pose', box: { x: 0, y: 0, width: 100, height: 120 }, points }
    const picture = blank({ width: 100, height: 120 }, 3)
    const drawn = drawAnswer(picture, answer)
    t.same([drawn.width, drawn.height], [100, 120])
    t.same(pixel(drawn, 10, 10), colourOf(2))
    t.same(pixel(drawn, 70, 15), colourOf(0), 'left')
    t.same(pixel(drawn, 10, 20), colourOf(1), 'right')
    t.same(pixel(drawn, 10, 30), [0, 0, 0], 'nowhere')
    t.same(pixel(drawn, 40, 13), [0, 0, 0], 'of other joints no bones are known')
    const { cocoJoints } = await import('../src/answer/coco.js')
    const coco = points.map((point, i) => ({ ...point, label: cocoJoints[i] }))
    const joined = drawAnswer(picture, { ...answer, points: coco })
    t.not(pixel(joined, 40, 13).join(), '0,0,0', 'nose and left eye are joined')
    const far = { ...answer, points: [{ index: 0, x: -1e6, y: 1e9, score: 1 }] }
    t.same(drawAnswer(picture, far).data, picture.data)
  },
)

t.test('colours are distinct for any number of classes that there is', async (t) => {
  const colours = Array.from({ length: 1000 }, (_, i) => colourOf(i))
  t.equal(new Set(colours.map(String)).size, 1000)
  t.ok(colours.flat().every((value) => Number.isInteger(value) && value >= 0 && value <= 255))
})

t.test('an answer to another picture, or an opacity that is none, is refused', async (t) => {
  t.throws(
    () => drawAnswer(patterned(2, 2), segmentation),
    /classes of 3x2 pixels for a picture of 2x2/,
  )
  for (const opacity of [-0.1, 1.5, Number.NaN])
    t.throws(() => drawAnswer(patterned(3, 2), segmentation, { opacity }), /an opacity of/)
})
