import { dirname } from 'node:path'
import { drivers } from '../cuda/failure.js'
import { type InstallReport, installProvider } from '../cuda/install.js'
import {
  type InstalledWheel,
  installLibraries,
  type LibrariesPlan,
  planLibraries,
} from '../cuda/install-libraries.js'
import {
  type CudaLibrary,
  cudaVersion,
  driverLibrary,
  missingNames,
  neededNames,
} from '../cuda/libraries.js'
import { pipInstall, projectsOf } from '../cuda/library-wheels.js'
import { findCuda } from '../cuda/load.js'
import { ownCuda } from '../cuda/own-folder.js'
import { publicIndex } from '../cuda/package-index.js'
import { removeProvider } from '../cuda/remove.js'
import { InputError } from '../errors.js'
import { printBytes } from '../figures.js'
import { failure } from '../runtime/failure.js'
import { findRuntime } from '../runtime/find.js'
import { exitCodes, shownPath } from './failure.js'
import { interruptible } from './interrupt.js'
import { metered } from './meter.js'
import { pairs } from './table.js'
import { note, print, printJson, styleOf } from './terminal.js'

export interface InstallCommandOptions {
  readonly wheel?: string
  readonly index?: string
  readonly libraries?: true
  readonly replace?: true
  readonly cudaFolder?: string
  readonly json?: true
}

/** `heddle cuda install`: the CUDA provider of the installed version, beside onnxruntime-node's ONNX Runtime. */
export async function installCuda({
  wheel,
  index = process.env.PIP_INDEX_URL ?? publicIndex,
  libraries: fetches,
  replace,
  cudaFolder,
  json,
}: InstallCommandOptions): Promise<number> {
  const entry = entryOf()
  const look = (): readonly CudaLibrary[] => findCuda(entry, { folder: cudaFolder }).libraries
  await interruptible(async (signal) => {
    const report = await metered((progress) =>
      installProvider(entry, { wheel, index, replace, signal, progress }),
    )
    if (!json) print(providerText(report))
    const fetched = fetches ? await fetchLibraries(look, index, signal) : []
    const libraries = look()
    if (json) printJson({ ...report, libraries, fetched })
    else print(librariesText(libraries, fetched))
  })
  return exitCodes.done
}

/** Fetches what is missing, and what that needs in turn. */
async function fetchLibraries(
  look: () => readonly CudaLibrary[],
  index: string,
  signal: AbortSignal,
): Promise<readonly InstalledWheel[]> {
  const fetched: InstalledWheel[] = []
  for (;;) {
    const libraries = look()
    const placed = fetched.flatMap(({ files }) => files)
    const names = missingNames(libraries).filter((name) => !placed.includes(name))
    if (names.length === 0) return fetched
    const cuda = cudaVersion(libraries) ?? ownCuda
    if (cuda !== ownCuda)
      throw new InputError({
        problem: `the provider is for CUDA ${cuda}, and heddle fetches libraries for CUDA ${ownCuda} alone`,
        remedy: `Bring them by pip: ${pipInstall(projectsOf(names, cuda))}.`,
      })
    const plan = await planLibraries(names, index, signal)
    note(planText(plan))
    fetched.push(...(await metered((progress) => installLibraries(plan, { signal, progress }))))
  }
}

const before = {
  nothing: 'put in place',
  another: 'replaced: another one was there',
  'the same': 'there already',
} as const

function providerText({ folder, version, wheel, files }: InstallReport): string {
  return [
    styleOf(process.stdout).bold(shownPath(folder)),
    `  the CUDA provider of ONNX Runtime ${version}, of ${wheel}`,
    pairs(files.map((file) => [file.name, before[file.before]])),
  ].join('\n')
}

/** Said before anything is fetched: whoever fetches them takes their licence. */
function planText({ wheels, bytes, folder }: LibrariesPlan): string {
  return [
    `fetching CUDA's libraries, ${printBytes(bytes)}, into ${shownPath(folder)}\nThey are NVIDIA's own, under NVIDIA's proprietary licences, whose texts come with them:`,
    pairs(
      wheels.map(({ filename, size }) => [filename, size === undefined ? '' : printBytes(size)]),
    ),
  ].join('\n')
}

function librariesText(
  libraries: readonly CudaLibrary[],
  fetched: readonly InstalledWheel[],
): string {
  const { bold } = styleOf(process.stdout)
  const groups = new Map<string, string[]>()
  for (const library of libraries) {
    const where = whereText(library)
    groups.set(where, [...(groups.get(where) ?? []), library.name])
  }
  return [
    bold("CUDA's libraries"),
    ...[...groups].map(([where, names]) => `  ${where}: ${names.join(', ')}`),
    ...fetched.map(({ name, version, licence }) => `  fetched: ${name} ${version} (${licence})`),
    `${bold('Next:')} ${next(libraries)}`,
  ].join('\n')
}

function whereText({ path, place, problem }: CudaLibrary): string {
  if (path === undefined) return 'not found'
  const where = `in ${shownPath(dirname(path))} (${place})`
  return problem === undefined ? where : `of no use ${where}, ${problem}`
}

/** The one thing to do: both ways to what is missing, the driver, or the trial of all. */
function next(libraries: readonly CudaLibrary[]): string {
  const cuda = cudaVersion(libraries) ?? ownCuda
  const names = neededNames(libraries)
  const projects = projectsOf(names, cuda)
  const pip = pipInstall(projects)
  if (projects.length > 0 && cuda !== ownCuda) return pip
  if (projects.length > 0) {
    const bytes = projects.reduce((sum, project) => sum + project.bytes, 0)
    return `heddle cuda install --libraries (some ${printBytes(bytes)}, without Python), or ${pip}`
  }
  if (names.length > 0)
    return `name the folder that has ${names.join(', ')}, wherever networks run: --cuda-folder DIR`
  return libraries.some(({ name, problem }) => name === driverLibrary && problem !== undefined)
    ? `NVIDIA's driver, ${drivers[cuda]} or later; in a container, docker run --gpus all`
    : 'heddle doctor, which tries it'
}

/** `heddle cuda remove`: the CUDA provider taken away, and the libraries that were fetched. */
export async function removeCuda({
  keepLibraries,
  json,
}: {
  readonly keepLibraries?: true
  readonly json?: true
}): Promise<number> {
  const report = await removeProvider(entryOf(), { keepLibraries })
  const { folder, removed, libraries } = report
  const { bold } = styleOf(process.stdout)
  if (json) printJson(report)
  else
    print(
      [
        bold(shownPath(folder)),
        ...(removed.length > 0
          ? removed.map((name) => `  ${name} removed`)
          : ['  there was no CUDA provider']),
        ...(libraries
          ? [
              bold(shownPath(libraries.folder)),
              ...libraries.removed.map((name) => `  ${name} removed`),
            ]
          : []),
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
