/** The words of a command line, as a shell hands them over: split at spaces, but not between single quotes. */
export function wordsOf(line: string): readonly string[] {
  return line.split(/ (?=(?:[^']*'[^']*')*[^']*$)/).map((word) => word.replace(/^'([^']*)'$/, '$1'))
}
