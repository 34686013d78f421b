import type { IndexFile, WantedWheel } from './package-index.js'

/** A project of NVIDIA's whose wheels bring libraries. */
export interface LibraryProject {
  readonly project: string
  /** The version that is wanted, by its first number: that of the libraries' names. */
  readonly major: number
  /** About how large its wheel is. */
  readonly bytes: number
}

/** By the first part of a library's name: the projects for CUDA 13 and for CUDA 12, and the size of the former's wheel in November 2026. */
const projects: readonly (readonly [RegExp, string, string, number])[] = [
  [/^libcudnn/, 'nvidia-cudnn-cu13', 'nvidia-cudnn-cu12', 517e6],
  [/^libcublas/, 'nvidia-cublas', 'nvidia-cublas-cu12', 444e6],
  [/^libcudart/, 'nvidia-cuda-runtime', 'nvidia-cuda-runtime-cu12', 2.5e6],
  [/^libcurand/, 'nvidia-curand', 'nvidia-curand-cu12', 77e6],
  [/^libcufft/, 'nvidia-cufft', 'nvidia-cufft-cu12', 165e6],
  [/^libnvrtc/, 'nvidia-cuda-nvrtc', 'nvidia-cuda-nvrtc-cu12', 58e6],
  [/^libnvJitLink/, 'nvidia-nvjitlink', 'nvidia-nvjitlink-cu12', 47e6],
]

/** What brings libraries of a version of CUDA, each project once; of those that none is known to bring, nothing. */
export function projectsOf(names: readonly string[], cuda: number): readonly LibraryProject[] {
  const found = new Map<string, LibraryProject>()
  for (const name of names) {
    const [, major] = /\.so\.(\d+)$/.exec(name) ?? []
    const [, for13, for12, bytes = 0] = projects.find(([pattern]) => pattern.test(name)) ?? []
    const project = cuda === 12 ? for12 : for13
    if (project !== undefined && major !== undefined)
      found.set(project, { project, major: Number(major), bytes })
  }
  return [...found.values()]
}

/** The words by which pip brings them. */
export function pipInstall(wanted: readonly LibraryProject[]): string {
  return ['pip install', ...wanted.map(({ project, major }) => `${project}~=${major}.0`)].join(' ')
}

/** The newest wheel of a project for this machine. */
export function libraryWheel(
  wanted: LibraryProject,
  glibc: readonly number[] = glibcVersion(),
): WantedWheel {
  const { project, major } = wanted
  const otherwise = `Or install it by pip: ${pipInstall([wanted])}, in a Python environment that is active.`
  return {
    project,
    what: `a wheel of ${project} ${major} for Linux x64 with glibc ${glibc.join('.')}`,
    pick: (files) => newest(files, wanted, glibc),
    absent: `Name another index by --index. ${otherwise}`,
    otherwise,
  }
}

/** As `2.36` stands in numbers; none where the system's C library is another. */
function glibcVersion(): readonly number[] {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } }
  return numbersOf(header.glibcVersionRuntime ?? '0')
}

/** Pre-releases have letters in their versions. */
const named = /^([^-]+)-(\d+(?:\.\d+)*)(?:-\d[^-]*)?-py3-none-([^-]+)\.whl$/

function newest(
  files: readonly IndexFile[],
  { project, major }: LibraryProject,
  glibc: readonly number[],
): IndexFile | undefined {
  const fitting = files.flatMap((file) => {
    const [, name = '', version, tags] = named.exec(file.filename) ?? []
    if (version === undefined || tags === undefined || (file.yanked ?? false) !== false) return []
    if (!isProject(name, project)) return []
    const numbers = numbersOf(version)
    return numbers[0] === major && runsOn(tags, glibc) ? [{ file, numbers }] : []
  })
  // An index need not list them in the order of their versions.
  return fitting.sort((a, b) => compared(b.numbers, a.numbers))[0]?.file
}

/** Names of projects are equal however their words are joined (PEP 503). */
export function isProject(name: string, project: string): boolean {
  const [one, other] = [name, project].map((each) => each.replace(/[-_.]+/g, '-').toLowerCase())
  return one === other
}

/** Before PEP 600 the oldest glibc had a name. */
const oldTags: Readonly<Record<string, string>> = { 1: '2.5', 2010: '2.12', 2014: '2.17' }

/** Whether one of a wheel's tags is for Linux x64 with a glibc that is no newer. */
function runsOn(tags: string, glibc: readonly number[]): boolean {
  return tags.split('.').some((tag) => {
    const [, old, since] = /^manylinux(?:(\d+)|_(\d+_\d+))_x86_64$/.exec(tag) ?? []
    const oldest = old === undefined ? since?.replace('_', '.') : oldTags[old]
    return oldest !== undefined && compared(numbersOf(oldest), glibc) <= 0
  })
}

function numbersOf(version: string): readonly number[] {
  return version.split('.').map(Number)
}

function compared(a: readonly number[], b: readonly number[]): number {
  const differs = a.findIndex((number, i) => number !== b[i])
  return differs < 0 ? a.length - b.length : (a[differs] ?? 0) - (b[differs] ?? -1)
}
