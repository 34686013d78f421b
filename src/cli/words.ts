/**
 * What the type checker says of features, in the words in which the same mistake is told at run time:
 * `Type 'Feature<48, 8>' is not assignable to type 'Feature<48, 4>'` is
 * "a feature of 48 channels at stride 8 stands where a feature of 48 channels at stride 4 is needed".
 * Nothing where the messages are not of the network; they run from the outermost to the most exact.
 */
export function inWords(messages: readonly string[]): string | undefined {
  const plain = messages.map((message) => message.replace(/NoInfer<([^<>]*)>/g, '$1'))
  for (const rule of [reduced, unequal, missing, none])
    for (const message of plain) {
      const words = rule(message)
      if (words) return words
    }
  return undefined
}

type Rule = (message: string) => string | undefined

/** `The intersection 'A & B' was reduced to 'never' because …`: one value would have to be both. */
const reduced: Rule = (message) => {
  const [, left = '', right = ''] =
    /The intersection '(Feature<.*?>) & (Feature<.*?>)' was reduced/.exec(message) ?? []
  const [a, b] = [typeInWords(left), typeInWords(right)]
  return a && b ? `${a} and ${b} stand in one place: branches double their stride` : undefined
}

const unequal: Rule = (message) => {
  const [, given = '', needed = ''] =
    /(?:^|rgument of t|T)ype '(.*)' is not assignable to (?:parameter of )?type '(.*?)'\.?$/s.exec(
      message,
    ) ?? []
  if (/\bWholeFromOne\b/.test(needed)) return `a width is a whole number from 1, not ${given}`
  const [, each] = /\bOneForEach<(\d+)>/.exec(needed) ?? []
  if (each)
    return `a list of ${lengthOf(given)} stands where one for each of ${each} branches is needed`
  const [, left] = /\bBranchesLeft<(\d+)>/.exec(needed) ?? []
  if (left) return `${lengthOf(given)} branches stand where ${left} fit above the coarsest stride`
  if (/^\d+$/.test(given) && /^\d+( \| \d+)*( \| undefined)?$/.test(needed))
    return `${given} stands where ${alternatives(needed)} is needed`
  const [a, b] = [typeInWords(given), typeInWords(needed)]
  return a && b ? `${a} stands where ${b} is needed` : undefined
}

const missing: Rule = (message) => {
  const [, tuple = '', index] =
    /Tuple type '(.*)' of length '\d+' has no element at index '(\d+)'/.exec(message) ?? []
  const branches = branchesOf(tuple)
  return branches
    ? `there is no branch ${index}: there are ${branches.length}, counted from 0`
    : undefined
}

const none: Rule = (message) =>
  /to (?:parameter of )?type 'AtLeastOneBranch'/.test(message)
    ? 'a pyramid of 0 branches stands where at least 1 is needed'
    : undefined

/** `Feature<48, 8>` is "a feature of 48 channels at stride 8". */
function typeInWords(type: string): string | undefined {
  const [, kind, first = '', second = ''] =
    /^(Feature|Vector|Tokens|Unit)<([^,<>]*)(?:, ([^,<>]*))?>$/.exec(type) ?? []
  const of = /^[\d |]+$/.test(first) ? ` of ${alternatives(first)} channels` : ''
  const at = /^[\d |]+$/.test(second) ? alternatives(second) : undefined
  switch (kind) {
    case 'Feature':
      return `a feature${of}${placed(at)}`
    case 'Vector':
      return `a vector${of}`
    case 'Tokens':
      return `tokens${of}`
    case 'Unit':
      return `a unit${of}${at ? `${of ? ' and' : ' of'} stride ${at}` : ''}`
  }
  if (type === 'Tensor') return 'a tensor'
  if (/^Vector<[^<>]*> \| Tokens<[^<>]*>$/.test(type)) return 'a vector or tokens'
  const branches = branchesOf(type)
  return branches && `${branches.length} branches (${branches.join('; ')})`
}

function placed(stride: string | undefined): string {
  if (stride === '0') return ' of a size of its own'
  return stride ? ` at stride ${stride}` : ''
}

/** `readonly [Feature<18, 4>, Feature<36, 8>]` as words for each. */
function branchesOf(tuple: string): readonly string[] | undefined {
  const [, inner] = /^(?:readonly )?\[(Feature<[^[\]]*>)\]$/.exec(tuple) ?? []
  const each = inner?.split(/(?<=>), /).map(typeInWords)
  return each?.every((words) => words !== undefined) ? (each as string[]) : undefined
}

function lengthOf(tuple: string): number {
  return tuple.replace(/^readonly /, '') === '[]' ? 0 : tuple.split(',').length
}

/** `2 | 1 | undefined` as 1 or 2. */
function alternatives(union: string): string {
  const numbers = union.split(' | ').filter((one) => one !== 'undefined')
  return either(numbers.sort((a, b) => Number(a) - Number(b)))
}

/** `a, b or c`. */
export function either(words: readonly string[]): string {
  const [last = '', ...others] = [...words].reverse()
  return others.length > 0 ? `${others.reverse().join(', ')} or ${last}` : last
}

/** `a, b and c`. */
export function listedAnd(words: readonly string[]): string {
  const [last = '', ...others] = [...words].reverse()
  return others.length > 0 ? `${others.reverse().join(', ')} and ${last}` : last
}
