import type { Device, Devices } from '../cuda/devices.js'
import { type CudaLibrary, driverLibrary } from '../cuda/libraries.js'
import { examineMachine } from '../doctor/examine.js'
import type { CudaReport, Installed, MachineReport } from '../doctor/report.js'
import { printBytes } from '../figures.js'
import type { Trial } from '../runtime/trial.js'
import { exitCodes } from './failure.js'
import { pairs } from './table.js'
import { print, printJson, type Style, styleOf } from './terminal.js'

export interface DoctorOptions {
  readonly cudaFolder?: string
  readonly json?: true
}

/** `heddle doctor`: what there is to run networks with, what is missing, and the one next step. */
export async function doctor({ cudaFolder, json }: DoctorOptions): Promise<number> {
  const report = await examineMachine({ ...(cudaFolder !== undefined && { folder: cudaFolder }) })
  if (json) printJson(report)
  else print(reportText(report, styleOf(process.stdout)))
  return report.ok ? exitCodes.done : exitCodes.failed
}

function reportText(report: MachineReport, style: Style): string {
  const { node, runtime, koffi, nvidia, cuda, providers, disk, next } = report
  return [
    style.bold('This machine'),
    pairs([
      ['Node.js', `${node.version}, ${node.system}`],
      ['onnxruntime-node', installedText(runtime, 'not installed')],
      ['koffi', installedText(koffi, 'not installed (optional: for --engine c-api)')],
      ['NVIDIA', nvidiaText(nvidia, cuda?.libraries ?? [])],
      ['disk', `${printBytes(disk.free)} free in ${disk.folder}`],
    ]),
    ...(cuda ? ['', style.bold('CUDA'), cudaText(cuda, runtime?.version ?? '', style)] : []),
    ...(providers.length > 0
      ? [
          '',
          style.bold('Providers, each tried with a convolution'),
          pairs(providers.map((one) => [one.provider, trialText(one, style)])),
        ]
      : []),
    '',
    `${style.bold('Next:')} ${next}`,
  ].join('\n')
}

function installedText(found: Installed | undefined, otherwise: string): string {
  return found ? `${found.version} in ${found.path}` : otherwise
}

function nvidiaText({ driver, devices }: Devices, libraries: readonly CudaLibrary[]): string {
  if (driver === undefined)
    return libraries.some(({ name, problem }) => name === driverLibrary && problem === undefined)
      ? 'a driver whose version nothing tells (no nvidia-smi)'
      : 'no driver'
  const listed = devices.map(deviceText).join('; ')
  return `driver ${driver}, ${listed || 'no GPU'}`
}

function deviceText({ name, memory, computeCapability }: Device): string {
  return [
    name,
    ...(memory === undefined ? [] : [printBytes(memory)]),
    ...(computeCapability === undefined ? [] : [`compute capability ${computeCapability}`]),
  ].join(', ')
}

function cudaText(
  { folder, missing, fits, libraries }: CudaReport,
  version: string,
  { red, green }: Style,
): string {
  const provider =
    folder === undefined
      ? red('not for this system')
      : missing.length > 0
        ? red(`missing in ${folder}: ${missing.join(', ')}`)
        : fits
          ? `${green('found')} in ${folder}`
          : red(`not of onnxruntime-node ${version}: those in ${folder}`)
  return pairs([
    ['provider files', provider],
    ...libraries.map((one): [string, string] => [one.name, libraryText(one, { red, green })]),
  ])
}

function libraryText(
  { path, place, problem }: CudaLibrary,
  { red, green }: Pick<Style, 'red' | 'green'>,
): string {
  if (path === undefined) return red('not found')
  return problem === undefined
    ? `${green('loads')}: ${path} (${place})`
    : `${red('of no use')}: ${path} (${place}): ${problem}`
}

/** What became of a provider, in a line. */
export function trialText(
  { provider, ok, problem, tf32, adapter }: Trial,
  { red, green, yellow }: Style,
): string {
  if (!ok && provider === 'cpu') return `${red('does not work')}: ${problem}`
  if (!ok)
    return `${yellow('does not work')}${provider === 'webgpu' ? ' (optional)' : ''}: ${problem}`
  if (provider === 'cuda')
    return `${green('works')}, ${tf32 ? 'in TF32 (--no-tf32 for all of float32)' : 'in float32'}`
  return adapter
    ? `${green('works')}, on ${adapter.name}${adapter.software ? ': the processor, no GPU' : ''}`
    : green('works')
}
