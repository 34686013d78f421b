import type { Test } from 'tap'
import { HeddleError, InputError } from '../../src/errors.js'
import { inMemory } from '../../src/weights/formats/bytes.js'
import { readTensorFile } from '../../src/weights/formats/read-tensor-file.js'
import { readValues } from '../../src/weights/formats/values.js'

/** Reads all of a file of tensors: its contents, then every value. */
export async function readAll(bytes: Uint8Array, name = 'net.pth'): Promise<number> {
  const { containers } = await readTensorFile(inMemory(name, bytes))
  let count = 0
  for (const { tensors, refused } of containers) {
    if (refused) throw refused
    for (const tensor of tensors) count += (await readValues(tensor)).length
  }
  return count
}

/** A file that is refused by one message, which names it, says this, and a remedy. */
export async function refused(t: Test, bytes: Uint8Array, said: RegExp | string): Promise<void> {
  const error = await readAll(bytes).catch((error: unknown) => error)
  t.ok(error instanceof InputError, String(error instanceof HeddleError || (error as Error)?.stack))
  const { problem = '', remedy = '' } = error as InputError
  t.ok(problem.startsWith('net.pth: '), problem)
  t.ok(
    typeof said === 'string' ? problem.includes(said) : said.test(problem),
    `${problem} says ${said}`,
  )
  t.ok(remedy.endsWith('.') && problem.length < 700, remedy)
}
