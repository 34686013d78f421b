import { InputError } from '../errors.js'

/** More than anyone counts: what is past it is a slip of the hand. */
const mostNames = 1_000_000

/**
 * The names that a pattern stands for, in its order: each brace is a range, `{8..64}` or `{8..64..4}`, or a list of
 * texts and ranges, `{18,32,48}`. With several braces, the last one changes first. A name without braces is itself.
 * @throws {InputError} where a brace is none, with its place, or the names are too many.
 */
export function expandPattern(pattern: string): readonly string[] {
  if (pattern.trim() === '')
    throw new InputError({
      problem: 'the pattern is empty',
      remedy: 'Give the names of networks, as hrnet-v2-w{8..64}.',
    })
  let names: readonly string[] = ['']
  for (const { 0: part, index } of pattern.matchAll(/[^{}]+|\{[^{}]*\}|[{}]/g)) {
    const texts = part.length > 1 && part.startsWith('{') ? inBrace(pattern, part, index) : [part]
    if (part === '{' || part === '}') throw stray(pattern, part, index)
    if (names.length * texts.length > mostNames)
      throw new InputError({
        problem: `the pattern ${pattern} stands for more than ${mostNames} names`,
        remedy: 'Take shorter ranges, or larger steps: {8..64..4}.',
      })
    names = names.flatMap((name) => texts.map((text) => name + text))
  }
  return names
}

function inBrace(pattern: string, brace: string, index: number): readonly string[] {
  const inner = brace.slice(1, -1)
  if (inner === '') throw wrong(pattern, index, '{} is empty')
  return inner.split(',').flatMap((item) => {
    if (!item.includes('..')) return [item]
    const [, from, to, step = '1'] = /^(\d+)\.\.(\d+)(?:\.\.(\d+))?$/.exec(item) ?? []
    if (from === undefined || to === undefined) throw wrong(pattern, index, `${item} is no range`)
    if (Number(step) === 0) throw wrong(pattern, index, `${item} has a step of 0`)
    return range(Number(from), Number(to), Number(step), () =>
      wrong(pattern, index, `${item} is too long`),
    )
  })
}

/** Down where the second number is the smaller one, as shells have it. */
function range(from: number, to: number, step: number, tooLong: () => Error): readonly string[] {
  const length = Math.floor(Math.abs(to - from) / step) + 1
  if (length > mostNames) throw tooLong()
  const sign = to < from ? -1 : 1
  return Array.from({ length }, (_, i) => String(from + sign * i * step))
}

function stray(pattern: string, brace: string, index: number): InputError {
  if (brace === '}') return wrong(pattern, index, '} closes nothing')
  const next = pattern.slice(index + 1).search(/[{}]/)
  const within = next >= 0 && pattern[index + 1 + next] === '{'
  return wrong(pattern, index, within ? 'a brace stands within it' : 'it is not closed')
}

function wrong(pattern: string, index: number, what: string): InputError {
  return new InputError({
    problem: `the pattern ${pattern} is wrong at its character ${index + 1}: ${what}`,
    remedy: 'A brace is a range, {8..64} or {8..64..4}, or a list, {18,32,48}.',
  })
}
