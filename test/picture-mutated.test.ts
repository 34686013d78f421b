import t from 'tap'
import { InputError } from '../src/errors.js'
import { decodePicture } from '../src/picture/decode.js'
import { pictureFile } from './support/pictures.js'

/** Whole numbers below some, the same each time. */
function generator(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const files = [
  'q420.jpg',
  'progressive.jpg',
  'grey.jpg',
  'turn6.jpg',
  'rgb.png',
  'palette2.png',
  'interlaced.png',
  'rgb16.png',
  'turn6.png',
]
const each = 250

/** A file with some of its bytes changed, cut out or repeated. */
function mutated(bytes: Uint8Array, next: (below: number) => number): Uint8Array {
  const copy = [...bytes]
  for (let changes = 1 + next(4); changes > 0; changes--) {
    const at = next(copy.length)
    switch (next(4)) {
      case 0:
        copy.splice(at, next(20))
        break
      case 1:
        copy.splice(at, 0, ...copy.slice(at, at + next(40)))
        break
      default:
        copy[at] = next(256)
    }
  }
  return Uint8Array.from(copy)
}

t.test(
  'of a damaged picture there are pixels or one clear error, never anything else',
  async (t) => {
    const next = generator(7)
    const ends = { read: 0, refused: 0 }
    for (const name of files)
      for (let i = 0; i < each; i++) {
        const bytes = mutated(pictureFile(name), next)
        try {
          const { width, height, channels, data } = await decodePicture(bytes, {
            mostPixels: 2 ** 20,
          })
          if (data.length !== width * height * channels) t.fail(`${name} ${i} has other pixels`)
          ends.read++
        } catch (error) {
          const told = error instanceof InputError && error.problem.startsWith('the picture ')
          if (!told) t.fail(`${name} ${i}: ${error}`)
          ends.refused++
        }
      }
    t.ok(ends.read > 300 && ends.refused > 1000, `${ends.read} were read, ${ends.refused} refused`)
  },
)

t.test('random bytes behind the start of a picture are refused', async (t) => {
  const next = generator(9)
  for (const start of [
    [0xff, 0xd8, 0xff],
    [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  ])
    for (let i = 0; i < 500; i++) {
      const bytes = Uint8Array.from([
        ...start,
        ...Array.from({ length: next(300) }, () => next(256)),
      ])
      await t.rejects(decodePicture(bytes), InputError)
    }
})
