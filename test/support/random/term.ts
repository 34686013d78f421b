/** A value of a network that is being written, and how the source of the network calls it. */
export class Term<out T = unknown> {
  readonly value: T
  readonly #text: string | (() => string)

  /** @param text that of a function may be known only once it has run. */
  constructor(value: T, text: string | (() => string)) {
    this.value = value
    this.#text = text
  }

  get text(): string {
    return typeof this.#text === 'string' ? this.#text : this.#text()
  }
}

/** What a layer is given: terms, and whatever can be written out. */
export type Argument =
  | Term
  | number
  | bigint
  | string
  | boolean
  | undefined
  | readonly Argument[]
  | Options

/** Those that are undefined are left out. */
export interface Options {
  readonly [name: string]: Argument
}

export function plainOf(argument: Argument): unknown {
  if (argument instanceof Term) return argument.value
  if (Array.isArray(argument)) return argument.map(plainOf)
  if (typeof argument !== 'object') return argument
  return Object.fromEntries(given(argument as Options).map(([name, each]) => [name, plainOf(each)]))
}

export function textOf(argument: Argument): string {
  if (argument instanceof Term) return argument.text
  if (typeof argument === 'string') return `'${argument}'`
  if (typeof argument === 'bigint') return `${argument}n`
  if (Array.isArray(argument)) return `[${argument.map(textOf).join(', ')}]`
  if (typeof argument !== 'object') return String(argument)
  const entries = given(argument as Options).map(([name, each]) => {
    const text = textOf(each)
    return text === name ? name : `${name}: ${text}`
  })
  return entries.length > 0 ? `{ ${entries.join(', ')} }` : '{}'
}

function given(options: Options): readonly (readonly [string, Argument])[] {
  return Object.entries(options).filter(([, each]) => each !== undefined)
}
