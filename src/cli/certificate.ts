import { Command, CommanderError } from 'commander'
import { HeddleError, InputError } from '../errors.js'
import { writeFiles } from '../files/write.js'
import type { Certificate } from '../verify/certificate/certificate.js'
import type { CertificateCheck } from '../verify/certificate/check.js'
import { sha256OfFile } from '../verify/certificate/seal.js'
import { counted } from './figures.js'
import { styleOf } from './terminal.js'
import { takesVerified, type VerifyCommandOptions } from './verify-options.js'

/** Options of `heddle verify` that say what is done with its result, and not what is verified; those with an argument. */
const aside: Readonly<Record<string, boolean>> = {
  '--certificate': true,
  '--check': true,
  '--json': false,
  '--stack': false,
  '--features': false,
}

/** The words of a command line that verify the same again. */
export function wordsAgain(words: readonly string[]): readonly string[] {
  const kept: string[] = []
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string
    const [option = ''] = word.split('=')
    const takes = aside[option]
    if (takes === undefined) kept.push(word)
    else if (takes && option === word) i++
  }
  return kept
}

/**
 * The model and the options that a certificate's words say.
 * @throws {InputError} where they are none of `heddle verify`.
 */
export function verifiedBy({ command }: Certificate): {
  readonly argument: string
  readonly options: VerifyCommandOptions
} {
  let found: { argument: string | undefined; options: VerifyCommandOptions } | undefined
  const parser = takesVerified(new Command('verify'))
    .exitOverride()
    .configureOutput({ writeOut: () => {}, writeErr: () => {} })
    .action((argument: string | undefined, options: VerifyCommandOptions) => {
      found = { argument, options }
    })
  const refused = (why: string, cause?: unknown): InputError =>
    new InputError(
      {
        problem: `the certificate's command does not run: heddle verify ${command.join(' ')}: ${why}`,
        remedy: 'Certify the network again with this heddle (heddle verify --certificate).',
      },
      { cause },
    )
  try {
    parser.parse(command, { from: 'user' })
  } catch (error) {
    if (error instanceof HeddleError) throw refused(error.problem, error)
    if (error instanceof CommanderError) throw refused(error.message.replace(/^error: /, ''), error)
    throw error
  }
  if (found?.argument === undefined) throw refused('it names no network')
  return { argument: found.argument, options: found.options }
}

/** @throws {InputError} where a file is not the one that a certificate is of. */
export async function expectFileOf(
  { file, data, model }: Certificate,
  certificate: string,
  path: string,
): Promise<void> {
  const parts = [{ path, said: file }, ...(data ? [{ path: `${path}.data`, said: data }] : [])]
  for (const { path, said } of parts) await expectBytes(path, said.sha256, certificate, model)
}

async function expectBytes(
  path: string,
  said: string,
  certificate: string,
  model: string,
): Promise<void> {
  const found = await sha256OfFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(
      {
        problem: `${path} cannot be read: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}`,
        remedy: 'Give the path of the ONNX file that the certificate is of.',
      },
      { cause: error },
    )
  })
  if (found === said) return
  throw new InputError({
    problem: `${certificate} is a certificate of another file: its SHA-256 is ${said}, and that of ${path} is ${found}`,
    remedy: `Give the file that was built of ${model} with the same options, or certify this one's network.`,
  })
}

/** Writes a certificate, whole or not at all. */
export async function writeCertificate(certificate: Certificate, path: string): Promise<void> {
  const bytes = new TextEncoder().encode(`${JSON.stringify(certificate, undefined, 2)}\n`)
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    yield bytes
  }
  await writeFiles([{ path, size: bytes.length, chunks: chunks() }])
}

/** What the check of a certificate came to. */
export function checkText(
  path: string,
  { ok, differences, sameMachine }: CertificateCheck,
): string {
  const { green, red } = styleOf(process.stdout)
  if (ok)
    return `  ${green('holds')}: all of ${path} was found here${sameMachine ? '' : ', measured on another machine within a factor of two'}`
  return [
    `  ${red('does not hold')}: ${counted(differences.length, 'difference')}`,
    ...differences.slice(0, mostDifferences).map((difference) => `  ${difference}`),
  ].join('\n')
}

const mostDifferences = 10
