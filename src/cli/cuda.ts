import { installProvider } from '../cuda/install.js'
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
      ].join('\n'),
    )
  }
  return exitCodes.done
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
    throw failure('find', '', undefined)
  }
}
