import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { providerFiles } from './provider-files.js'

/**
 * What was installed, beside it: so that the next time it is known without a wheel. It goes with the files where npm
 * lays the package anew.
 */
export interface Receipt {
  readonly version: string
  readonly wheel: string
  /** Each file's SHA-256 digest, as the wheel's RECORD has it. */
  readonly files: Readonly<Record<string, string>>
}

/** Its name, in the folder of the provider. */
export const receiptName = 'heddle-cuda.json'

/** The receipt in a folder; nothing where there is none, or it is not as it was written. */
export async function receiptOf(folder: string): Promise<Receipt | undefined> {
  try {
    const found = JSON.parse(await readFile(join(folder, receiptName), 'utf8'))
    const whole =
      typeof found.version === 'string' &&
      typeof found.wheel === 'string' &&
      Object.values(providerFiles).every((name) => typeof found.files[name] === 'string')
    return whole ? found : undefined
  } catch {
    return undefined
  }
}

/** Whether each of the provider's files is there with its digest. */
export async function same(folder: string, digests: Receipt['files']): Promise<readonly boolean[]> {
  const found: boolean[] = []
  for (const name of Object.values(providerFiles))
    found.push((await digestOf(join(folder, name))) === digests[name])
  return found
}

/**
 * The SHA-256 digest of a file as a RECORD has it; nothing where there is no such file, or it cannot be read, as where
 * a link leads to nothing: that it is there is found where it is written.
 */
async function digestOf(path: string): Promise<string | undefined> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(chunk)
  } catch {
    return undefined
  }
  return hash.digest('base64url')
}
