import type { ConventionName } from '../analysis/conventions.js'
import { conventionNamed, conventionNames } from '../analysis/count-under.js'
import type { Side } from '../compiler/specialise.js'
import type { AnswerForm } from '../dsl/deployed-answer.js'
import { InputError } from '../errors.js'
import type { Box } from '../picture/window.js'
import type { Shard } from '../sweep/point.js'
import { whole as digits } from './figures.js'
import { either } from './words.js'

/** The longest side of an image, and the largest batch, that anyone is taken to mean. */
const longestSide = 2 ** 20
const largestBatch = 2 ** 20

/** A whole number in a range, as an option's argument. */
export function wholeNumber(
  option: string,
  least: number,
  most: number = 2 ** 31 - 1,
): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= least && value <= most) return value
    throw new InputError({
      problem: `${option} is ${text}`,
      remedy: `It is a whole number from ${least} to ${digits(most)}.`,
    })
  }
}

/** One of a few words, as an option's argument. */
export function oneOf<const W extends string>(
  option: string,
  words: readonly W[],
): (text: string) => W {
  return (text) => {
    const word = words.find((one) => one === text)
    if (word) return word
    throw new InputError({
      problem: `${option} is ${text || 'empty'}`,
      remedy: `It is ${either(words)}.`,
    })
  }
}

export interface Sides {
  readonly height: Side
  readonly width: Side
}

/** `--input`: `512x1024` is height × width; `dynamic` is any size, `dynamic/32` any multiples of 32. */
export function inputSides(text: string): Sides {
  const [, height, width] = /^(.+?)[x×](.+)$/.exec(text) ?? []
  if (height !== undefined && width !== undefined)
    return { height: sideOf(height, text), width: sideOf(width, text) }
  const [dynamic, multiple] = /^dynamic(?:\/(.+))?$/.exec(text) ?? []
  if (dynamic) {
    const side: Side = {
      multiple:
        multiple === undefined ? 1 : wholeNumber('the multiple of --input', 1, 4096)(multiple),
    }
    return { height: side, width: side }
  }
  throw new InputError({
    problem: `--input is ${text || 'empty'}`,
    remedy: /^\d+$/.test(text)
      ? `It is height x width: for a square, say ${text}x${text}.`
      : 'It is height x width, as 512x1024; or dynamic, or dynamic/32 (multiples of 32).',
  })
}

function sideOf(text: string, all: string): number {
  return wholeNumber(`a side of --input ${all}`, 1, longestSide)(text)
}

/** `--batch`: how many images at once, or `dynamic`. */
export function batchSide(text: string): Side {
  if (text === 'dynamic') return { multiple: 1 }
  if (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= largestBatch) return Number(text)
  throw new InputError({
    problem: `--batch is ${text || 'empty'}`,
    remedy: `It is a whole number from 1 to ${digits(largestBatch)}, or dynamic.`,
  })
}

/** `--output`: what is given of the answer. It once was the path of the file. */
export function answerForm(text: string): AnswerForm {
  if (/[./\\]/.test(text))
    throw new InputError({
      problem: `--output is ${text}, which looks like a path, and is the form of the answer`,
      remedy: `It is logits, softmax or argmax. The file goes where -o (--out) says: -o ${text}.`,
    })
  return oneOf('--output', ['logits', 'softmax', 'argmax'])(text)
}

/** `-o`: the path of a file. */
export const outputPath: (text: string) => string = pathFor('--out', '-o', 'net.onnx')

/** The path of a file that is written. What looks like an option is one whose path was forgotten. */
export function pathFor(option: string, short: string, example: string): (text: string) => string {
  return (text) => {
    if (text.trim() === '')
      throw new InputError({
        problem: `${option} is empty`,
        remedy: `Give the path of the file: ${short} ${example}.`,
      })
    if (text.startsWith('-'))
      throw new InputError({
        problem: `${option} is ${text}, which looks like an option`,
        remedy: `Give the path of the file: ${short} ${example}, or ${short} ./${text} if it is meant.`,
      })
    return text
  }
}

/** Names behind commas. */
export function namesOf(text: string): readonly string[] {
  return text.split(',').map((name) => name.trim())
}

/** `--input` of a sweep: sizes behind commas, `256x512,512x1024`, as [height, width]. */
export function inputSizes(text: string): readonly (readonly [number, number])[] {
  return namesOf(text).map((one) => {
    const { height, width } = inputSides(one)
    if (typeof height === 'number' && typeof width === 'number') return [height, width]
    throw new InputError({
      problem: `--input is ${one}, and what a network costs depends on it`,
      remedy: 'Give sizes in numbers: --input 256x512,512x1024.',
    })
  })
}

/** `--batch` of a sweep: numbers behind commas. */
export function batchSizes(text: string): readonly number[] {
  return namesOf(text).map(wholeNumber('--batch', 1, largestBatch))
}

/** `--shard`: `3/16`, the third of sixteen. */
export function shardText(text: string): Shard {
  const [, part, of] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? []
  if (part !== undefined && of !== undefined && part >= 1 && part <= of) return { part, of }
  throw new InputError({
    problem: `--shard is ${text || 'empty'}`,
    remedy:
      of === undefined
        ? 'It is which of how many, as 3/16.'
        : `It is which of how many: of ${of}, from ${Math.min(1, of)}/${of} to ${of}/${of}.`,
  })
}

/** A number from 0 to 1, as an option's argument. */
export function partOfOne(option: string): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d*\.?\d+(?:e-?\d+)?$/i.test(text) && value <= 1) return value
    throw new InputError({
      problem: `${option} is ${text || 'empty'}`,
      remedy: 'It is a number from 0 to 1.',
    })
  }
}

/** `--box`: `x,y,width,height` in pixels of the picture. */
export function boxOf(text: string): Box {
  const [x, y, width, height, ...more] = text
    .split(',')
    .map((number) => (/^\s*-?\d+(?:\.\d+)?\s*$/.test(number) ? Number(number) : Number.NaN))
  const box = [x, y, width, height]
  if (more.length > 0 || !box.every((number) => number !== undefined && !Number.isNaN(number)))
    throw new InputError({
      problem: `--box is ${text || 'empty'}`,
      remedy: 'It is x,y,width,height in pixels, as 120,40,200,380.',
    })
  return { x, y, width, height } as Box
}

/** `--convention`: names of conventions, each once, or `all`. */
export function conventionList(text: string): readonly ConventionName[] {
  if (text === 'all') return conventionNames
  return [...new Set(text.split(',').map((name) => conventionNamed(name.trim())))]
}

/** `--explain`: a number above 0 as it is printed; commas between thousands are left out. */
export function publishedFigure(text: string): string {
  const figure = text.replace(/,(?=\d{3}(?!\d))/g, '')
  if (/^\d+(\.\d+)?$/.test(figure) && Number(figure) > 0) return figure
  throw new InputError({
    problem: `--explain is ${text || 'empty'}`,
    remedy: 'It is a number above 0 as it is published, without its unit: --explain 3.99.',
  })
}
