import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The repository's folder, with a slash. */
export const root: string = fileURLToPath(new URL('../../../', import.meta.url))

/** A fenced block: ```` ```ts wrong ```` has the language ts and the mark wrong. */
export interface Block {
  readonly language: string
  readonly mark: string
  readonly text: string
  /** Of its first line in the document. */
  readonly line: number
}

export interface Link {
  readonly target: string
  readonly line: number
}

export interface Document {
  /** From the root: `docs/dsl.md`. */
  readonly path: string
  readonly text: string
  readonly blocks: readonly Block[]
  /** Links that are not to the web. */
  readonly links: readonly Link[]
  /** What its headings are called in links, as GitHub does. */
  readonly anchors: readonly string[]
}

/** README.md and everything in docs/. */
export function documents(): readonly Document[] {
  const inDocs = readdirSync(`${root}docs`)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`)
  return [...(existsSync(`${root}README.md`) ? ['README.md'] : []), ...inDocs].map(read)
}

/** The document at a path from the root. */
export function read(path: string): Document {
  const text = readFileSync(root + path, 'utf8')
  const { blocks, prose } = parted(text, path)
  const links = prose.flatMap(({ text, line }) =>
    [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => ({ target, line }))
      .filter(({ target }) => !/^https?:/.test(target)),
  )
  const headings = prose.flatMap(({ text }) => /^#+ (.*)$/.exec(text)?.[1] ?? [])
  return { path, text, blocks, links, anchors: headings.map(anchor) }
}

/** The part of a document under a heading, up to the next of its rank. */
export function section({ path, text }: Document, heading: string): string {
  const rest = `\n${text}`.split(`\n## ${heading}\n`)[1]
  if (rest === undefined) throw new Error(`${path} has no section ## ${heading}`)
  return rest.split('\n## ')[0] as string
}

/** The rows of the first table of a text, without its head; cells without backquotes. */
export function rows(text: string): readonly (readonly string[])[] {
  const table = /(?:^\|.*\n)+/m.exec(text)?.[0].trim().split('\n').slice(2) ?? []
  return table.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  )
}

interface Line {
  readonly text: string
  readonly line: number
}

function parted(text: string, path: string): { blocks: Block[]; prose: Line[] } {
  const blocks: Block[] = []
  const prose: Line[] = []
  let open: { language: string; mark: string; line: number; lines: string[] } | undefined
  for (const [index, line] of text.split('\n').entries()) {
    const [, language = '', mark = ''] = /^```(\S*) ?(.*)$/.exec(line) ?? []
    if (!line.startsWith('```')) {
      if (open) open.lines.push(line)
      else prose.push({ text: line, line: index + 1 })
    } else if (open) {
      blocks.push({ ...open, text: open.lines.map((each) => `${each}\n`).join('') })
      open = undefined
    } else open = { language, mark, line: index + 2, lines: [] }
  }
  if (open) throw new Error(`${path}:${open.line} is a block that does not end`)
  return { blocks, prose }
}

function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}
