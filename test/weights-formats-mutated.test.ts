import { readFileSync } from 'node:fs'
import t from 'tap'
import { InputError } from '../src/errors.js'
import type { ByteSource } from '../src/weights/formats/bytes.js'
import { readTensorFile } from '../src/weights/formats/read-tensor-file.js'
import { readValues } from '../src/weights/formats/values.js'
import { checkpoint } from './support/checkpoints.js'
import { draws, mutations } from './support/mutations.js'

const cases = 24_000
const forms: Readonly<Record<string, readonly string[]>> = {
  zip: [
    'zip.pth',
    'zip-protocol-3.pth',
    'zip-protocol-5.pth',
    'zip64.pth',
    'big-endian.pth',
    'numpy-1.pth',
  ],
  legacy: ['legacy.pth', 'legacy-protocol-4.pth', 'legacy-views.pth', 'python-2.pth'],
  safetensors: [
    'plain.safetensors',
    'model-00001-of-00002.safetensors',
    'model.safetensors.index.json',
  ],
}
const files = new Map(
  Object.values(forms)
    .flat()
    .map((file) => [file, new Uint8Array(readFileSync(checkpoint(file)))]),
)

/** What a file of a few KB may make a reader read, in all: its windows overlap. */
const mostRead = 2 ** 20
/** What one tensor may hold that repeats an element; see docs/checkpoints.md. */
const mostValues = 2 ** 24

/** Bytes that are read within their bounds, and not for ever. */
function guarded(bytes: Uint8Array): ByteSource {
  let sum = 0
  return {
    name: 'mutated',
    size: bytes.length,
    read: async (offset, length) => {
      sum += length
      const whole = Number.isSafeInteger(offset) && Number.isSafeInteger(length)
      if (!whole || offset < 0 || length < 0 || offset + length > bytes.length)
        throw new Error(`${length} bytes at ${offset} of ${bytes.length}`)
      if (sum > mostRead) throw new Error(`${sum} bytes read of ${bytes.length}`)
      return bytes.slice(offset, offset + length)
    },
  }
}

/** Reads a file whole: `read`, or the message of its refusal. */
async function outcome(bytes: Uint8Array): Promise<string> {
  try {
    const { containers } = await readTensorFile(guarded(bytes), {
      sibling: async (name) => guarded(files.get(name) ?? new Uint8Array(0)),
    })
    for (const { tensors, refused } of containers) {
      if (refused) throw refused
      for (const tensor of tensors) {
        const count = tensor.shape.reduce((product, side) => product * side, 1)
        if (count > mostValues) throw new Error(`${count} values of ${bytes.length} bytes`)
        // Numbers of a tensor that repeats its elements take time, not thought.
        if (count > 2 ** 16) continue
        const values = await readValues(tensor)
        if (values.length !== count) throw new Error(`${values.length} values of ${count}`)
      }
    }
    return 'read'
  } catch (error) {
    if (error instanceof InputError) return error.problem
    throw error
  }
}

for (const [form, names] of Object.entries(forms))
  t.test(`${form}: a file that was changed is read, or refused by a message`, async (t) => {
    const draw = draws(0x5eed)
    const kinds = Object.entries(mutations)
    const all = [...files.values()]
    const faults: string[] = []
    const outcomes = new Map<string, number>()
    const share = cases / Object.keys(forms).length
    for (let i = 0; i < share; i++) {
      const name = names[i % names.length] as string
      const [kind, mutate] = kinds[draw(kinds.length)] as (typeof kinds)[number]
      const bytes = mutate(files.get(name) as Uint8Array, draw, all[draw(all.length)] as Uint8Array)
      const told = await outcome(bytes).catch((error: Error) => {
        faults.push(`case ${i}, ${name}, ${kind}: ${error.stack}`)
        return 'fault'
      })
      // The same fault of many files, without their names and numbers.
      const why = told.replace(/^mutated: /, '').replace(/"[^"]*"|-?\d+/g, '…')
      outcomes.set(why, (outcomes.get(why) ?? 0) + 1)
    }
    t.same(faults, [])
    t.same(Object.keys(Object.prototype), [], 'nothing was put on all objects')
    const read = outcomes.get('read') ?? 0
    t.ok(read > share / 50 && read < share / 2, `${read} of ${share} were read`)
    t.ok(outcomes.size > 30, `${outcomes.size} different outcomes`)
    t.comment(`${share} cases: ${read} read, refused in ${outcomes.size - 1} different ways`)
  })
