import { existsSync, readFileSync, statfsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { nvidiaDevices } from '../cuda/devices.js'
import { findCuda } from '../cuda/load.js'
import type { CudaOptions } from '../cuda/options.js'
import { providerFits, runtimePackage } from '../cuda/provider-files.js'
import { findPackage, findRuntime } from '../runtime/find.js'
import { providers } from '../runtime/provider.js'
import { type Trial, trial } from '../runtime/trial.js'
import { loadedLibraries } from './libraries.js'
import { nextStep } from './next.js'
import type { CudaReport, Installed, MachineReport } from './report.js'

/** Looks at what this machine has to run networks with, and tries each provider in a process of its own. */
export async function examineMachine(options: CudaOptions = {}): Promise<MachineReport> {
  const entry = runtimeEntry()
  const runtime = entry === undefined ? undefined : runtimeAt(entry)
  const tries: Trial[] = []
  // One after another: two processes that start at once would take each other's processors, and GPU.
  if (entry !== undefined)
    for (const provider of providers)
      tries.push(await trial({ provider, ...(provider === 'cuda' && { cuda: options }) }))
  const cuda = entry === undefined ? undefined : cudaReport(entry, options)
  const folder = cuda?.folder ?? process.cwd()
  const found = {
    node: { version: process.version, system: `${process.platform}-${process.arch}` },
    runtime,
    koffi: koffi(),
    nvidia: nvidiaDevices(),
    cuda,
    providers: tries,
    disk: { folder, free: freeIn(folder) },
  }
  const ok = tries.some((each) => each.provider === 'cpu' && each.ok)
  return { ok, next: nextStep(found), ...found }
}

function cudaReport(entry: string, options: CudaOptions): CudaReport {
  const { folder, missing, libraries } = findCuda(entry, options)
  const { version } = runtimePackage(entry)
  const fits =
    folder === undefined || missing.length > 0 ? undefined : providerFits(folder, version)
  return { folder, missing, fits, libraries: loadedLibraries(libraries) }
}

function runtimeEntry(): string | undefined {
  try {
    return findRuntime(process.cwd())
  } catch {
    return undefined
  }
}

function runtimeAt(entry: string): Installed {
  const { version, path } = runtimePackage(entry)
  return { version, path }
}

function koffi(): Installed | undefined {
  try {
    let path = dirname(findPackage('koffi', process.cwd()))
    while (!existsSync(join(path, 'package.json')) && path !== dirname(path)) path = dirname(path)
    const { version } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))
    return { version, path }
  } catch {
    return undefined
  }
}

function freeIn(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}
