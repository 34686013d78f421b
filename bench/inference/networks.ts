import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InputError } from '../../src/errors.js'

/** A network that is run, and the size of its image. */
export interface Network {
  readonly name: string
  readonly height: number
  readonly width: number
  /** How often each file is run in one thread, and in each process of two. */
  readonly rounds: number
}

export const networks: readonly Network[] = [
  { name: 'hrnet-v2-w18', height: 512, width: 1024, rounds: 8 },
  { name: 'hrnet-v2-w48', height: 512, width: 1024, rounds: 4 },
  { name: 'hrnet-v1-w32', height: 256, width: 192, rounds: 16 },
  { name: 'hrnet-w18-c', height: 224, width: 224, rounds: 24 },
]

const script = fileURLToPath(new URL('../../../bench/inference/baseline.py', import.meta.url))

/** The files of a network that baseline.py makes. */
export interface Baseline {
  readonly file: string
  readonly weights: string
  readonly image: string
  /** By how much of its root mean square the output moves where 2 % of noise is added to the image. */
  readonly noise: number
}

/** Those in a folder; made where they are not there. */
export function baseline({ name }: Network, folder: string): Baseline {
  const at = (ending: string): string => join(folder, `${name}.${ending}`)
  const made = (): Baseline => ({
    file: at('onnx'),
    weights: at('pth'),
    image: at('image'),
    noise: Number(readFileSync(at('noise'), 'utf8')),
  })
  if (existsSync(at('onnx'))) return made()
  const python = process.env.HEDDLE_PYTHON
  if (!python)
    throw new InputError({
      problem: `${at('onnx')} is not there, and HEDDLE_PYTHON names no Python with PyTorch to make it`,
      remedy: 'Set it as bench/README.md says.',
    })
  const { status, stderr } = spawnSync(python, [script, folder, name], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${script} ended with ${status}:\n${stderr}`)
  return made()
}
