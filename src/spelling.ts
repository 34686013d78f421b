/** The word most like another, by the number of letters to insert, delete or replace (Levenshtein). */
export function nearestOf(word: string, words: readonly string[]): string {
  let [nearest = '', least] = [words[0], Number.POSITIVE_INFINITY]
  for (const other of words) {
    const distance = distanceOf(word, other)
    if (distance < least) [nearest, least] = [other, distance]
  }
  return nearest
}

function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}

/** A word behind its article: `an add`, `a conv`. */
export function withArticle(word: string): string {
  return `${/^[aeiou]/.test(word) ? 'an' : 'a'} ${word}`
}

/** The first of some words, and how many more there are: `a, b, and 7 more`. */
export function listed(all: readonly string[], most: number): string {
  const rest = all.length > most ? [`and ${all.length - most} more`] : []
  return [...all.slice(0, most), ...rest].join(', ')
}

/** An option with its value, as the command line takes it: `--classes 21`, `--fuse-to-size`, `--no-head-bias`. */
export function optionText(option: string, value: string | number | boolean): string {
  if (typeof value === 'boolean') return optionName(value ? option : `no-${option}`)
  return `${optionName(option)} ${value}`
}

/** An option as the command line spells it: `--fuse-to-size`. */
export function optionName(option: string): string {
  return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}
