import type { Model } from '../dsl/model.js'
import { InputError } from '../errors.js'
import { optionName } from '../spelling.js'
import type { Task } from './defaults.js'

/** What may be chosen of a network of the zoo; each family takes some of it. */
export interface ZooOptions {
  readonly classes?: number | undefined
  readonly joints?: number | undefined
  readonly proposals?: number | undefined
  readonly detections?: number | undefined
  readonly unit?: 'basic' | 'bottleneck' | undefined
  readonly upsample?: 'nearest' | 'bilinear' | undefined
  readonly alignCorners?: boolean | undefined
  readonly fuseToSize?: boolean | undefined
  readonly fuseTwice?: boolean | undefined
  readonly headBias?: boolean | undefined
  readonly finalKernel?: 1 | 3 | undefined
  readonly pooling?: 'average' | 'max' | undefined
  readonly shareConv?: boolean | undefined
  readonly stem?: '3x3' | '7x7' | 'deep' | undefined
  readonly strideFirst?: boolean | undefined
  readonly headConv?: boolean | undefined
  readonly positionBias?: boolean | undefined
}

/** Networks that differ in their width and options only. */
export interface Family {
  /** `hrnet-v2-w{C}`, where `{C}` stands for the width; a family of one has none. */
  readonly name: string
  readonly summary: string
  /** The options that apply. */
  readonly options: readonly (keyof ZooOptions)[]
  /** What they are where nothing is said. */
  readonly defaults: ZooOptions
  /** The input taken where none is asked for: [height, width]. */
  readonly size: readonly [number, number]
  readonly outputs: readonly string[]
  /** What its widths are multiples of. */
  readonly multiple: number
  /** @throws {InputError} where the width is none, or an option does not apply or has no meaning. */
  make(width: number | undefined, options?: ZooOptions): Model
}

export interface FamilyOptions {
  /** Of a network that fuses, also how. */
  readonly task: Task & Pick<Chosen, 'upsample' | 'alignCorners' | 'classes' | 'joints'>
  /** What may be chosen beside the fusion, with what it is where nothing is said. */
  readonly also?: Chosen
  readonly outputs: readonly string[]
  /** What its widths are multiples of (1). */
  readonly multiple?: number
  readonly network: (width: number, options: Chosen) => Model
}

/** What else may be chosen of how a network fuses. */
const fusion: Chosen = { alignCorners: false, fuseToSize: false, fuseTwice: false }

type Chosen = { readonly [O in keyof ZooOptions]?: NonNullable<ZooOptions[O]> }

/** The widest network that is made: what is past it is a slip of the hand. */
const widest = 2 ** 20
const mostChannels = 2 ** 31 - 1

export function family(
  name: string,
  summary: string,
  { task, also = {}, outputs, multiple = 1, network }: FamilyOptions,
): Family {
  const { size, answer: _, normalisation: __, calls, ...channels } = task
  const fusing = channels.upsample !== undefined
  const defaults: Chosen = { ...(fusing ? fusion : {}), ...channels, ...also }
  const options = Object.keys(meanings).filter((option) => option in defaults) as Option[]
  const widthless = !name.includes('{C}')
  return {
    name,
    summary,
    options,
    defaults,
    size,
    outputs,
    multiple,
    make(width, given = {}) {
      const title = name.replace('{C}', String(width))
      if (!widthless) expectWidth(title, width, given, multiple)
      const asked = checked(title, options, given)
      const made = network(width ?? 0, asked)
      return calls ? { ...made, calls: { ...calls, ...made.calls } } : made
    },
  }
}

/** The width written in a network's name. @throws {InputError} */
export function widthOf(name: string, written: string): number {
  if (/^[1-9]\d*$/.test(written) && Number(written) <= widest) return Number(written)
  throw badWidth(name, written)
}

type Option = keyof ZooOptions

const whole = {
  is: (value: unknown): boolean =>
    Number.isInteger(value) && (value as number) >= 1 && (value as number) <= mostChannels,
  says: `a whole number from 1 to ${mostChannels}`,
}
const flag = { is: (value: unknown): boolean => typeof value === 'boolean', says: 'true or false' }

/** What each option can be, in the order in which they are listed. */
const meanings: Readonly<Record<Option, { is(value: unknown): boolean; says: string }>> = {
  classes: whole,
  joints: whole,
  proposals: whole,
  detections: whole,
  unit: oneOf('basic', 'bottleneck'),
  upsample: oneOf('nearest', 'bilinear'),
  alignCorners: flag,
  fuseToSize: flag,
  fuseTwice: flag,
  headBias: flag,
  finalKernel: oneOf(1, 3),
  pooling: oneOf('average', 'max'),
  shareConv: flag,
  stem: oneOf('3x3', '7x7', 'deep'),
  strideFirst: flag,
  headConv: flag,
  positionBias: flag,
}

function oneOf(...words: readonly unknown[]): { is(value: unknown): boolean; says: string } {
  return { is: (value) => words.includes(value), says: words.join(' or ') }
}

function checked(title: string, applying: readonly Option[], given: ZooOptions): Chosen {
  const asked = Object.entries(given).filter(([, value]) => value !== undefined)
  for (const [option, value] of asked as [Option, unknown][]) {
    if (!applying.includes(option))
      throw new InputError({
        problem: `${optionName(option)} does not apply to ${title}`,
        remedy: `It takes ${applying.map(optionName).join(', ')}.`,
      })
    if (!meanings[option].is(value))
      throw new InputError({
        problem: `${optionName(option)} of ${title} is ${JSON.stringify(value) ?? String(value)}`,
        remedy: `It is ${meanings[option].says}.`,
      })
  }
  return Object.fromEntries(asked)
}

function expectWidth(
  title: string,
  width: number | undefined,
  { unit }: ZooOptions,
  multiple: number,
): void {
  if (width === undefined || !Number.isInteger(width) || width < 1 || width > widest)
    throw badWidth(title, String(width))
  const [takes, of] = unit === 'bottleneck' ? ['bottleneck units take', 4] : ['it takes', multiple]
  if (width % of === 0) return
  const [down, up] = [Math.floor(width / of) * of, Math.ceil(width / of) * of]
  throw new InputError({
    problem: `${title} has a width of ${width}; ${takes} a multiple of ${of}`,
    remedy: `Take ${down > 0 ? `${down} or ` : ''}${up}.`,
  })
}

function badWidth(title: string, width: string): InputError {
  return new InputError({
    problem: `${title} has a width of ${width}`,
    remedy: `A width is a whole number from 1 to ${widest}, without leading zeros.`,
  })
}
