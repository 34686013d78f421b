import { lstat, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { InputError } from '../errors.js'
import { writeFiles } from '../files/write.js'
import type { Progress } from '../progress.js'
import { download, findWheel, publicIndex } from './package-index.js'
import { expectReplaceable, expectWritable, type ProviderPlace, providerPlace } from './place.js'
import { providerFiles } from './provider-files.js'
import { pipDownload, providerWheel, wheelName } from './provider-wheel.js'
import { type Receipt, receiptName, receiptOf, same } from './receipt.js'
import { openWheel, type Wheel } from './wheel.js'

export interface InstallOptions {
  /** A wheel of onnxruntime-gpu; without it, one is fetched. */
  readonly wheel?: string | undefined
  /** The Python package index that it is fetched from (the public one). */
  readonly index?: string | undefined
  /** Whether a provider of another CUDA goes that all is there for. */
  readonly replace?: boolean | undefined
  /** The folders of the system that libraries are looked for in. */
  readonly folders?: (() => Iterable<string>) | undefined
  /** The platform and architecture (of this machine). */
  readonly system?: string | undefined
  readonly signal?: AbortSignal | undefined
  readonly progress?: Progress | undefined
}

export interface InstallReport {
  /** Of onnxruntime-node, and so of the provider. */
  readonly version: string
  readonly folder: string
  /** The name of the wheel that the files are of. */
  readonly wheel: string
  readonly files: readonly InstalledFile[]
}

export interface InstalledFile {
  readonly name: string
  /** What was there before. */
  readonly before: 'nothing' | 'the same' | 'another'
}

/**
 * Puts the CUDA provider of exactly the installed version beside ONNX Runtime, whole or not at all: out of the wheel
 * of onnxruntime-gpu, each file held to the wheel's RECORD, a fetched wheel to the digest that the index states.
 * @param entry the main file of onnxruntime-node
 * @throws {RuntimeError} where onnxruntime-node has no CUDA on this system.
 * @throws {InputError} where a provider of another CUDA would go that all is there for, the wheel is of another version,
 * damaged or cannot be fetched, or the files cannot be written.
 */
export async function installProvider(
  entry: string,
  { wheel, index = publicIndex, replace, folders, system, signal, progress }: InstallOptions = {},
): Promise<InstallReport> {
  const { folder, version } = await providerPlace(entry, system)
  const receipt = await receiptOf(folder)
  if (!wheel && receipt?.version === version && (await same(folder, receipt.files)).every(Boolean))
    return { version, folder, wheel: receipt.wheel, files: unchanged }
  const fromWheel = (path: string): Promise<InstallReport> =>
    unpack(path, { entry, folder, version, replace, folders, signal, progress })
  if (wheel) return await fromWheel(wheel)
  if (!replace) expectReplaceable(entry, { folder, version }, folders)
  await expectWritable(folder)
  const wanted = providerWheel(version)
  const found = await findWheel(index, wanted, signal)
  const temporary = await mkdtemp(join(tmpdir(), 'heddle-'))
  try {
    const path = join(temporary, found.filename)
    const chunks = download(found, wanted.otherwise, signal)
    await writeFiles([{ path, chunks, ...(found.size ? { size: found.size } : {}) }], {
      signal,
      progress: (event) => progress?.({ ...event, phase: 'fetch' }),
      noRoom: 'Make room, or name another folder for temporary files in TMPDIR.',
    })
    return await fromWheel(path)
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

const unchanged: InstallReport['files'] = Object.values(providerFiles).map((name) => ({
  name,
  before: 'the same',
}))

async function unpack(
  path: string,
  {
    entry,
    folder,
    version,
    replace,
    folders,
    signal,
    progress,
  }: ProviderPlace & { readonly entry: string } & Omit<
      InstallOptions,
      'wheel' | 'index' | 'system'
    >,
): Promise<InstallReport> {
  const wheel = await openWheel(path)
  try {
    expectVersion(path, wheel, version)
    const entries = Object.values(providerFiles).map((name) => ({
      name,
      file: wheel.file(`onnxruntime/capi/${name}`),
    }))
    const digests = Object.fromEntries(entries.map(({ name, file }) => [name, file.sha256]))
    const equal = await same(folder, digests)
    const report = { version, folder, wheel: basename(path) }
    if (equal.every(Boolean)) return { ...report, files: unchanged }
    if (!replace) expectReplaceable(entry, { folder, version }, folders)
    await expectWritable(folder)
    const before = await Promise.all(entries.map(({ name }) => beforeOf(join(folder, name))))
    const receipt: Receipt = { version, wheel: basename(path), files: digests }
    const text = Buffer.from(`${JSON.stringify(receipt, undefined, 2)}\n`)
    await writeFiles(
      [
        ...entries.map(({ name, file }) => ({
          path: join(folder, name),
          size: file.size,
          chunks: file.chunks(),
        })),
        { path: join(folder, receiptName), size: text.length, chunks: once(text) },
      ],
      {
        reads: [path],
        signal,
        progress,
        noRoom: 'Make room there: onnxruntime-node looks for its CUDA provider nowhere else.',
      },
    )
    return {
      ...report,
      files: entries.map(({ name }, i) => ({
        name,
        before: equal[i] ? 'the same' : (before[i] ?? 'nothing'),
      })),
    }
  } finally {
    await wheel.close()
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/** A link is not replaced but its file: which may be that of a Python environment, and of its version. */
async function beforeOf(path: string): Promise<'nothing' | 'another'> {
  const found = await lstat(path).catch(() => undefined)
  if (!found) return 'nothing'
  if (!found.isSymbolicLink()) return 'another'
  throw new InputError({
    problem: `${path} is a link, to a file that is not of this wheel`,
    remedy: 'Remove the link first: heddle cuda remove.',
  })
}

/** The runtime loads no provider of another version, and says little about why. */
function expectVersion(path: string, { name, version }: Wheel, wanted: string): void {
  const [, named] = wheelName.exec(basename(path)) ?? []
  const remedy = `Give the wheel of onnxruntime-gpu ${wanted} for Linux x64, under its own name; or let it be fetched, without --wheel. By pip: ${pipDownload(wanted)}.`
  if (named === undefined)
    throw new InputError({
      problem: `${path} is not named as a wheel of onnxruntime-gpu for Linux x64 is`,
      remedy,
    })
  if (name !== 'onnxruntime-gpu' || version !== wanted || named !== wanted)
    throw new InputError({
      problem:
        version === wanted && name === 'onnxruntime-gpu'
          ? `${path} is named as version ${named}, and holds ${version}`
          : `${path} holds ${name} ${version}, and onnxruntime-node is ${wanted}: they must be equal`,
      remedy,
    })
}
