import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A fixture that PyTorch made (test/fixtures/checkpoints/make.py), by its name; read from the source tree. */
export function checkpoint(file: string): string {
  return fileURLToPath(new URL(`../../../test/fixtures/checkpoints/${file}`, import.meta.url))
}

interface Expected {
  readonly format: string
  readonly containers: Readonly<Record<string, readonly ExpectedTensor[]>>
  readonly others: readonly string[]
}

interface ExpectedTensor {
  readonly name: string
  readonly type: string
  readonly shape: readonly number[]
  /** As Python prints them: `inf` and `nan` too. */
  readonly values: readonly string[]
}

const { refused, ...files } = JSON.parse(readFileSync(checkpoint('expected.json'), 'utf8'))

/** What PyTorch reads of the fixtures, and what of those that are refused is said. */
export const expected: {
  readonly files: Readonly<Record<string, Expected>>
  readonly refused: Readonly<Record<string, string>>
} = { files, refused }
