import { drivers } from '../cuda/failure.js'
import { type InstallReport, installProvider } from '../cuda/install.js'
import { cudaVersion } from '../cuda/libraries.js'
import { removeProvider } from '../cuda/remove.js'
import { failure } from '../runtime/failure.js'
import { findRuntime } from '../runtime/find.js'
import { exitCodes, shownPath } from './failure.js'
import { interruptible } from './interrupt.js'
import { metered } from './meter.js'
import { print, printJson, styleOf } from './terminal.js'

interface InstallCommandOptions {
  readonly wheel?: string
  readonly index?: string
  readonly json?: true
}

const told = {
  nothing: 'put in place',
  another: 'replaced: another one was there',
  'the same': 'there already',
} as const

/** `heddle cuda install`: the CUDA provider of the installed version, beside onnxruntime-node's ONNX Runtime. */
export async function installCuda({ wheel, index, json }: InstallCommandOptions): Promise<number> {
  const report = await interruptible((signal) =>
    metered((progress) =>
      installProvider(entryOf(), {
        wheel,
        index: index ?? process.env.PIP_INDEX_URL,
        signal,
        progress,
      }),
    ),
  )
  if (json) printJson(report)
  else {
    const width = Math.max(...report.files.map(({ name }) => name.length))
    print(
      [
        styleOf(process.stdout).bold(shownPath(report.folder)),
        `  the CUDA provider of ONNX Runtime ${report.version}, of ${report.wheel}`,
        ...report.files.map(({ name, before }) => `  ${name.padEnd(width)}  ${told[before]}`),
        `  ${next(report)}`,
      ].join('\n'),
    )
  }
  return exitCodes.done
}

/** What the provider needs beside its files: by its own word, but for cuDNN, which it loads at the first convolution. */
function next({ needs }: InstallReport): string {
  const version = cudaVersion(needs.map((name) => ({ name })))
  const driver = version && drivers[version]
  const words = [
    ...(version ? [`CUDA ${version}`] : []),
    ...(driver ? [`NVIDIA's driver ${driver} or later`] : []),
    'cuDNN 9',
  ]
  const names = needs.length > 0 ? ` (${needs.join(', ')})` : ''
  return `next: it needs ${words.join(', ')}${names}; heddle doctor tells what is missing.`
}

/** `heddle cuda remove`: the CUDA provider taken away. */
export async function removeCuda({ json }: { readonly json?: true }): Promise<number> {
  const report = await removeProvider(entryOf())
  const { folder, removed } = report
  if (json) printJson(report)
  else
    print(
      [
        styleOf(process.stdout).bold(shownPath(folder)),
        ...(removed.length > 0
          ? removed.map((name) => `  ${name} removed`)
          : ['  there was no CUDA provider']),
      ].join('\n'),
    )
  return exitCodes.done
}

function entryOf(): string {
  try {
    return findRuntime(process.cwd())
  } catch {
    throw failure({ during: 'find', message: '' }, {})
  }
}
