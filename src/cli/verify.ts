import type { CheckpointWeights } from '../checkpoint/bind.js'
import type { Model } from '../dsl/model.js'
import { InputError } from '../errors.js'
import { certify } from '../verify/certificate/certificate.js'
import { checkCertificate, readCertificate } from '../verify/certificate/check.js'
import { type VerifyOptions, verify } from '../verify/verify.js'
import { type FileReport, verifyFile } from '../verify/verify-file.js'
import { checkText, expectFileOf, verifiedBy, wordsAgain, writeCertificate } from './certificate.js'
import { exitCodes, shownPath } from './failure.js'
import { interruptible } from './interrupt.js'
import { metered } from './meter.js'
import { choicesText, compilingOf, deployOptions, refuseFor, zooOptions } from './options.js'
import { calibrationText, precisionOf } from './precision.js'
import { providerOf, ranText } from './provider.js'
import { print, printJson, styleOf } from './terminal.js'
import {
  comparisonsText,
  featuresText,
  trialsText,
  verdictText,
  verifyDocument,
} from './verdict.js'
import type { VerifyCommandOptions } from './verify-options.js'
import { weightsDocument, weightsOptions, weightsText, withWeights } from './weights.js'

/**
 * `heddle verify`: the network as written against the compiled one; a file alone; or a certificate again.
 * @param words what stands after `verify`, for a certificate.
 */
export async function verifyModel(
  argument: string | undefined,
  options: VerifyCommandOptions,
  words: readonly string[],
): Promise<number> {
  if (options.check !== undefined) return checkAgain(argument, options.check, options)
  if (argument === undefined)
    throw new InputError({
      problem: 'nothing is named that is to be verified',
      remedy: 'Name a network or a file, or a certificate: heddle verify --check c.json.',
    })
  if (isOnnx(argument)) return verifyOnnx(argument, options)
  return withWeights(argument, options, (model, weights, stated) =>
    verifyWith(argument, model, weights, stated, wordsAgain(words)),
  )
}

function isOnnx(argument: string): boolean {
  return /\.onnx$/i.test(argument)
}

/** What a command line asks of `verify`. */
function askedOf(
  { input, batch, seed, opset, tolerance, thorough, scales, ...options }: VerifyCommandOptions,
  weights: CheckpointWeights | undefined,
): VerifyOptions {
  const size = { ...input, ...(batch === undefined ? {} : { batch }) }
  const rest = { seed, opset, tolerance, thorough, scales, weights }
  return {
    size,
    ...rest,
    ...compilingOf(options),
    ...precisionOf(options),
    ...providerOf(options),
  }
}

async function verifyWith(
  argument: string,
  model: Model,
  weights: CheckpointWeights | undefined,
  options: VerifyCommandOptions,
  command: readonly string[],
): Promise<number> {
  const { certificate: path } = options
  const asked = askedOf(options, weights)
  const report = await interruptible((signal) =>
    metered(async (progress) => {
      if (path === undefined) return verify(model, { ...asked, signal, progress })
      const certified = await certify(model, { ...asked, signal, progress }, command)
      await writeCertificate(certified.certificate, path)
      return certified.report
    }),
  )
  if (options.json)
    printJson({
      ...verifyDocument(report, options.features),
      ...(weights ? { weights: weightsDocument(weights) } : {}),
      ...(path === undefined ? {} : { certificate: path }),
    })
  else {
    const { bold } = styleOf(process.stdout)
    const chosen = report.chosen ? ' (a small size; state another by --input)' : ''
    const choices = await choicesText(argument, options, model)
    const text = [
      bold(report.model),
      choices === '' ? undefined : `  ${choices}`,
      `  input [${report.input.join(', ')}]${chosen}, ${weights ? '' : 'weights and '}image of seed ${report.seed}`,
      weights && weightsText(options.weights as string, weights),
      report.calibration && calibrationText(report.calibration, bold),
      trialsText(report),
      ranText(report),
      '',
      verdictText(report),
      ...(options.features ? ['', featuresText(report)] : []),
      path === undefined ? undefined : `  certified in ${shownPath(path)}`,
    ]
    print(text.filter((line) => line !== undefined).join('\n'))
  }
  return report.ok ? exitCodes.done : exitCodes.failed
}

/** `--passes` or `--no-passes`, as they are refused. */
function passesStated(passes: VerifyCommandOptions['passes']): Readonly<Record<string, unknown>> {
  return passes === false ? { 'no-passes': true } : { passes }
}

/** Proves a certificate again; of a file it is to be the certificate, where one is named. */
async function checkAgain(
  file: string | undefined,
  path: string,
  { json, certificate: other, check: _, ...stated }: VerifyCommandOptions,
): Promise<number> {
  const { passes, stack: __, ...given } = stated as typeof stated & { stack?: true }
  refuseFor(
    '--check',
    'which proves again what the certificate says',
    { certificate: other, ...passesStated(passes), ...given },
    '--json',
  )
  const certificate = await readCertificate(path)
  if (file !== undefined) await expectFileOf(certificate, path, file)
  const { argument, options } = verifiedBy(certificate)
  return withWeights(argument, options, async (model, weights, asked) => {
    const check = await interruptible((signal) =>
      metered((progress) =>
        checkCertificate(certificate, model, { ...askedOf(asked, weights), signal, progress }),
      ),
    )
    const { ok, differences, sameMachine, again } = check
    const { verdict } = again
    const holds = ok && verdict === 'equal'
    if (json) printJson({ ok: holds, verdict, differences, sameMachine, certificate: path })
    else {
      const { bold } = styleOf(process.stdout)
      const lines = [
        bold(certificate.model),
        `  heddle verify ${certificate.command.join(' ')}`,
        checkText(path, check),
        ...(ok && verdict !== 'equal' ? [`  and its verdict is: ${verdict}`] : []),
      ]
      print(lines.join('\n'))
    }
    return holds ? exitCodes.done : exitCodes.failed
  })
}

async function verifyOnnx(path: string, options: VerifyCommandOptions): Promise<number> {
  const { input, batch, seed, opset, features, tolerance, passes, weights } = options
  const { thorough, scales, certificate } = options
  refuseFor(
    path,
    'which is a file',
    {
      ...zooOptions(options),
      weights,
      ...weightsOptions(options),
      ...deployOptions(options),
      ...precisionOf(options),
      opset,
      features,
      thorough,
      scales,
      certificate,
      ...passesStated(passes),
      target: options.target,
      lowMemory: options.lowMemory,
    },
    '--input, --batch, --seed, --tolerance and what says what it runs on, such as --provider',
  )
  if ((input && typeof input.height !== 'number') || (batch && typeof batch !== 'number'))
    throw new InputError({
      problem: `${path} runs at one size, and a dynamic one is asked for`,
      remedy: 'Give it in numbers, or leave it out.',
    })
  const size = input && ([input.height, input.width] as readonly [number, number])
  const report = await interruptible((signal) =>
    metered((progress) =>
      verifyFile(path, {
        ...(size ? { size } : {}),
        ...(batch === undefined ? {} : { sides: { batch } }),
        seed,
        tolerance,
        ...providerOf(options),
        signal,
        progress,
      }),
    ),
  )
  expectBatch(report, batch)
  if (options.json) {
    const { ok, provider, outputs, ...rest } = report
    printJson({ ok, provider, outputs, ...rest })
  } else print(fileText(report))
  return report.ok ? exitCodes.done : exitCodes.failed
}

/** A batch that the file fixes, or calls otherwise, was not that asked for. */
function expectBatch({ path, inputs }: FileReport, batch: number | undefined): void {
  const [first] = inputs
  if (batch === undefined || first?.shape[0] === batch) return
  throw new InputError({
    problem: `--batch is ${batch}, and ${path} runs at [${first?.shape.join(', ')}]`,
    remedy: 'Leave --batch out: the file has its own.',
  })
}

function fileText(report: FileReport): string {
  const { path, provider, inputs, seed, outputs } = report
  const { bold } = styleOf(process.stdout)
  const lines = inputs.map(({ name, shape, chosen }) => {
    const open = chosen.length > 0 ? ` (${chosen.join(', ')} chosen here)` : ''
    return `  input ${name} [${shape.join(', ')}]${open}, of seed ${seed}`
  })
  return [
    bold(path),
    ...lines,
    provider === 'cpu'
      ? "  ONNX Runtime's optimiser off against on"
      : `  the CPU, ONNX Runtime's optimiser off, against ${provider}`,
    ranText(report),
    '',
    comparisonsText(outputs),
  ].join('\n')
}
