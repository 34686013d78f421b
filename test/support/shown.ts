/** Whether what was printed is what is shown. */
export function isShown(printed: string, shown: string): boolean {
  const [is, said] = [plain(printed), plain(shown)]
  const pattern = said
    .split('\n')
    .map((line) => (line === '…' ? '(?:.*\n)*' : `${line.split('…').map(escaped).join('.*')}\n`))
    .join('')
  return new RegExp(`^${pattern}$`).test(`${is}\n`)
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

/** Without what differs from run to run, and from machine to machine. */
function plain(text: string): string {
  return text
    .replace(/\d[\d.]* (ms|s)\b/g, '# $1')
    .replace(/(onnxruntime-node) \d+\.\d+\.\d+/g, '$1 #')
    .replace(/\d(\.\d+)?e-\d+|(?<= )0(?=[ )])/g, '#')
    .replace(/(?<=\S) {2,}/g, '  ')
    .replace(/ +$/gm, '')
    .trimEnd()
}
