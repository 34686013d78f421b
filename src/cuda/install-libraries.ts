import { mkdir, mkdtemp, rm, rmdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { InputError } from '../errors.js'
import { expectRoom, writeFiles } from '../files/write.js'
import type { Progress } from '../progress.js'
import { isProject, libraryWheel, projectsOf } from './library-wheels.js'
import { ownCuda, ownFolder } from './own-folder.js'
import { download, findWheel, type IndexedWheel } from './package-index.js'
import { openWheel, type Wheel } from './wheel.js'

/** What would be fetched, before any of it is. */
export interface LibrariesPlan {
  /** The libraries that are missing, by their names. */
  readonly names: readonly string[]
  /** Where they go. */
  readonly folder: string
  readonly wheels: readonly PlannedWheel[]
  /** Of all wheels, as far as the index states them. */
  readonly bytes: number
}

export interface PlannedWheel extends IndexedWheel {
  readonly project: string
  /** What else brings it: a sentence. */
  readonly otherwise: string
}

/** A wheel whose libraries were put in place. */
export interface InstalledWheel {
  readonly name: string
  readonly version: string
  /** As its METADATA names it. */
  readonly licence: string
  /** The names of its files in the folder, libraries and the text of the licence. */
  readonly files: readonly string[]
}

/**
 * Asks an index for NVIDIA's wheels that have these libraries: of each the newest for this machine.
 * @throws {InputError} where none is known to have one of them, or the index cannot be asked, or has none.
 */
export async function planLibraries(
  names: readonly string[],
  index: string,
  signal?: AbortSignal,
): Promise<LibrariesPlan> {
  const unknown = names.filter((name) => projectsOf([name], ownCuda).length === 0)
  if (unknown.length > 0)
    throw new InputError({
      problem: `no wheel of NVIDIA's is known to have ${unknown.join(', ')}`,
      remedy: 'Name the folder that has it, wherever networks run (--cuda-folder DIR).',
    })
  const wheels: PlannedWheel[] = []
  for (const project of projectsOf(names, ownCuda)) {
    const wanted = libraryWheel(project)
    const found = await findWheel(index, wanted, signal)
    wheels.push({ ...found, project: project.project, otherwise: wanted.otherwise })
  }
  const bytes = wheels.reduce((sum, { size = 0 }) => sum + size, 0)
  return { names, folder: ownFolder(), wheels, bytes }
}

/**
 * Fetches what was planned and puts the libraries into heddle's own folder, all of them or none: each wheel held to
 * the digest that the index states, each file to its wheel's RECORD.
 * @throws {InputError} where something cannot be fetched, is damaged or lacks a library, or cannot be written.
 */
export async function installLibraries(
  { names, folder, wheels, bytes }: LibrariesPlan,
  { signal, progress }: { readonly signal?: AbortSignal; readonly progress?: Progress } = {},
): Promise<readonly InstalledWheel[]> {
  const noRoom = 'Make room, or name another folder for caches in XDG_CACHE_HOME.'
  const opened: Wheel[] = []
  const temporary = await makeFolders(folder)
  try {
    // Unpacked they are no smaller than packed, and for a while both are there.
    await expectRoom(folder, 2 * bytes, noRoom)
    const paths = wheels.map(({ filename }) => join(temporary, filename))
    await writeFiles(
      wheels.map((wheel, i) => ({
        path: paths[i] as string,
        chunks: download(wheel, wheel.otherwise, signal),
        ...(wheel.size === undefined ? {} : { size: wheel.size }),
      })),
      { signal, progress: (event) => progress?.({ ...event, phase: 'fetch' }), noRoom },
    )
    for (const path of paths) opened.push(await openWheel(path))
    for (const [i, { name }] of opened.entries()) expectProject(wheels[i] as PlannedWheel, name)
    const entries = opened.map(entriesOf)
    expectAll(names, entries.flat(), paths)
    await writeFiles(
      opened.flatMap((wheel, i) =>
        (entries[i] ?? []).map(({ name, place }) => {
          const file = wheel.file(name)
          return { path: join(folder, place), size: file.size, chunks: file.chunks() }
        }),
      ),
      { signal, progress, noRoom },
    )
    return opened.map(({ name, version, licence }, i) => ({
      name,
      version,
      licence,
      files: (entries[i] ?? []).map(({ place }) => place),
    }))
  } finally {
    for (const wheel of opened) await wheel.close()
    await rm(temporary, { recursive: true, force: true })
    // Of what was made for nothing, nothing stays: a folder that has something is not removed.
    await rmdir(folder).catch(() => {})
    await rmdir(dirname(folder)).catch(() => {})
  }
}

/** The folder, and one beside it for what is fetched: large for what most systems have for temporary files. */
async function makeFolders(folder: string): Promise<string> {
  try {
    await mkdir(folder, { recursive: true })
    return await mkdtemp(join(dirname(folder), '.heddle-'))
  } catch (error) {
    throw new InputError(
      {
        problem: `${folder} cannot be made: ${(error as Error).message}`,
        remedy: 'Name another folder for caches in XDG_CACHE_HOME.',
      },
      { cause: error },
    )
  }
}

interface Entry {
  /** In the wheel. */
  readonly name: string
  /** In the folder, where all lie side by side, as cuDNN looks for what it loads by itself. */
  readonly place: string
}

function entriesOf({ name: project, names }: Wheel): readonly Entry[] {
  return names.flatMap((name) => {
    if (/^nvidia\/(?:.+\/)?lib\/[^/]+\.so[^/]*$/.test(name))
      return [{ name, place: basename(name) }]
    const [, licence] = /^[^/]+\.dist-info\/(?:licenses\/)?(licen[cs]e[^/]*)$/i.exec(name) ?? []
    return licence === undefined ? [] : [{ name, place: `${project}-${licence}` }]
  })
}

/** Its name becomes a part of those of files. */
function expectProject({ filename, project }: PlannedWheel, name: string): void {
  if (!isProject(name, project))
    throw new InputError({
      problem: `${filename} holds ${name || 'no name'}, and ${project} was wanted`,
      remedy: 'Name another index by --index.',
    })
}

function expectAll(
  names: readonly string[],
  entries: readonly Entry[],
  paths: readonly string[],
): void {
  const lacking = names.filter((name) => !entries.some(({ place }) => place === name))
  if (lacking.length > 0)
    throw new InputError({
      problem: `no ${lacking.join(', no ')} in ${paths.map((path) => basename(path)).join(', ')}`,
      remedy: 'Name another index by --index, or the folder that has it (--cuda-folder DIR).',
    })
}
