import { readFile } from 'node:fs/promises'
import type { Model } from '../../dsl/model.js'
import { InputError } from '../../errors.js'
import { leastError } from '../limits.js'
import type { VerifyOptions } from '../verify.js'
import {
  type Certificate,
  type CertifiedError,
  type CertifiedMeasurements,
  certify,
} from './certificate.js'
import { canonical, sealOf } from './seal.js'

export interface CertificateCheck {
  /** Whether nothing differs. */
  readonly ok: boolean
  /** What the certificate says, and what is found here. */
  readonly differences: readonly string[]
  /** Whether it was made on this kind of machine, where all figures must be the same. */
  readonly sameMachine: boolean
  readonly again: Certificate
}

/**
 * Reads a certificate.
 * @throws {InputError} where it is none, or was edited: its hash is not that of its content.
 */
export async function readCertificate(path: string): Promise<Certificate> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const problem = `${path} cannot be read: ${error.code === 'ENOENT' ? 'there is no such file' : (error.code ?? error.message)}`
    throw new InputError(
      { problem, remedy: 'Give the path of a certificate (heddle verify --certificate).' },
      { cause: error },
    )
  })
  const found = parsed(text)
  if (!isCertificate(found))
    throw new InputError({
      problem: `${path} is no certificate`,
      remedy: 'Give one that heddle verify --certificate has written.',
    })
  const seal = await sealOf(found)
  if (seal !== found.sha256)
    throw new InputError({
      problem: `${path} was edited: its content has the SHA-256 ${seal}, and it says ${found.sha256}`,
      remedy:
        'Get it from who made it, or certify the network yourself (heddle verify --certificate).',
    })
  return found
}

/** Whether it has what is read of it before it is compared. */
function isCertificate(found: Partial<Certificate> | undefined): found is Certificate {
  return (
    found?.certificate === 1 &&
    typeof found.sha256 === 'string' &&
    typeof found.file?.sha256 === 'string' &&
    (found.data === undefined || typeof found.data.sha256 === 'string') &&
    Array.isArray(found.command) &&
    found.command.every((word) => typeof word === 'string') &&
    ['outputs', 'passes'].every((list) =>
      Array.isArray(found.measured?.[list as keyof CertifiedMeasurements]),
    )
  )
}

function parsed(text: string): Partial<Certificate> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return value && typeof value === 'object' ? value : undefined
  } catch {
    return undefined
  }
}

/**
 * Certifies a network again and compares: what does not depend on the machine must be the same, and so must what was
 * measured on the same machine; elsewhere two measurements of an error may differ by a factor of two.
 */
export async function checkCertificate(
  certificate: Certificate,
  model: Model,
  options: VerifyOptions = {},
): Promise<CertificateCheck> {
  const { certificate: again } = await certify(model, options, certificate.command)
  const sameMachine = ranOnText(certificate.measured) === ranOnText(again.measured)
  const { measured, sha256: _, ...rest } = certificate
  const { measured: now, sha256: __, ...fixed } = again
  const differences = [
    ...differencesOf('', rest, fixed),
    ...(sameMachine ? differencesOf('measured', measured, now) : apartOf(measured, now)),
  ]
  return { ok: differences.length === 0, differences, sameMachine, again }
}

/** What figures follow from: two that are made on the same are the same. */
function ranOnText(measured: CertifiedMeasurements): string {
  const { machine, runtime, provider, tf32, cpuNodes } = measured
  return canonical({ machine, runtime, provider, tf32, cpuNodes })
}

/** The leaves at which two documents differ. */
function differencesOf(path: string, said: unknown, found: unknown): readonly string[] {
  if (canonical(said) === canonical(found)) return []
  if (!isTree(said) || !isTree(found) || Array.isArray(said) !== Array.isArray(found))
    return [`${path} is ${shown(said)} in the certificate, and ${shown(found)} here`]
  const keys = [...new Set([...Object.keys(said), ...Object.keys(found)])]
  return keys.flatMap((key) =>
    differencesOf(path === '' ? key : `${path}.${key}`, said[key], found[key]),
  )
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : canonical(value)
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}

/** What was measured on another machine: the same values, errors of the same size, and within the limits there and here. */
function apartOf(said: CertifiedMeasurements, found: CertifiedMeasurements): readonly string[] {
  const lists = ['outputs', 'passes'] as const
  return lists.flatMap((list) =>
    Array.from({ length: Math.max(said[list].length, found[list].length) }).flatMap((_, i) => {
      const [before, now] = [said[list][i], found[list][i]]
      const path = `measured.${list}.${i}`
      if (!before || !now) return differencesOf(path, before, now)
      return [
        ...(list === 'outputs' ? differencesOf(`${path}.at`, before.at, now.at) : []),
        ...errorsApart(path, before, now),
      ]
    }),
  )
}

function errorsApart(path: string, said: CertifiedError, found: CertifiedError): readonly string[] {
  const keys = ['error', 'limit', 'plain'] as const
  return keys.flatMap((key) => {
    const [a, b] = [said[key], found[key]]
    if (typeof a !== 'number' || typeof b !== 'number') return differencesOf(`${path}.${key}`, a, b)
    const [least, most] = [Math.min(a, b), Math.max(a, b)]
    if (most <= 2 * Math.max(least, leastError)) return []
    return [`${path}.${key} is ${a} in the certificate, and ${b} here: more than twice apart`]
  })
}
