import type { Model } from '../dsl/model.js'
import { openFile } from '../files/open.js'
import { readTensorFile } from '../weights/formats/read-tensor-file.js'
import type { StoredTensor, TensorFile } from '../weights/formats/tensor-file.js'
import type { LayoutName } from '../weights/layouts/layout.js'
import { recognise } from '../weights/layouts/recognise.js'
import { type BindOptions, bind, type CheckpointWeights } from './bind.js'
import { type ContainerOptions, chooseContainer, notTaken } from './container.js'
import { type Fit, fitsOf } from './fits.js'
import { inplaceAbnHintsOf } from './hints.js'
import { type Shown, shownBy } from './shown.js'

export interface CheckpointOptions extends ContainerOptions {
  /** Ends the work with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** A file of weights, open, of which the table of contents was read. */
export interface Checkpoint {
  /** The path as it was given. */
  readonly file: string
  /** It and, of an index, the files that it names. */
  readonly files: readonly string[]
  /** Of all of these. */
  readonly bytes: number
  readonly format: TensorFile['format']
  /** The container that was chosen; `` where the file itself is one. */
  readonly container: string
  /** All that there are. */
  readonly containers: readonly string[]
  readonly layout: LayoutName
  /** Of the container, in the order of the file. */
  readonly tensors: readonly StoredTensor[]
  /** What the file hints at, and what of it was not taken. */
  readonly notes: readonly string[]
  /** What keys and shapes show of the network. */
  readonly shown: Shown
  /** The networks of the zoo that fit, best first, then near misses. */
  fits(): readonly Fit[]
  /** @throws {InputError} where file and network do not fit. */
  bind(model: Model, options?: BindOptions): CheckpointWeights
  close(): Promise<void>
}

/**
 * Opens a file of weights: .pth or .pt as `torch.save` writes it, or safetensors. Close it when you are done.
 * @throws {InputError} where there is no such file, it is none of these, is damaged, or has no such container.
 */
export async function openCheckpoint(
  path: string,
  options: CheckpointOptions = {},
): Promise<Checkpoint> {
  const { signal } = options
  signal?.throwIfAborted()
  const file = await openFile(path)
  try {
    const read = await readTensorFile(file, { sibling: file.sibling })
    signal?.throwIfAborted()
    const chosen = chooseContainer(path, read, options)
    const { tensors } = chosen
    const keys = tensors.map(({ name }) => name)
    const keyed = { tensors, layout: recognise(keys, read.others) }
    const left = notTaken(read, chosen)
    const inplaceAbnHints = await inplaceAbnHintsOf(keyed)
    signal?.throwIfAborted()
    const sources = [...new Set([file, ...tensors.map(({ source }) => source)])]
    const files = sources.map(({ name }) => name)
    const source = { ...keyed, file: path, files, container: chosen.name, left, inplaceAbnHints }
    return {
      file: path,
      files,
      bytes: sources.reduce((sum, { size }) => sum + size, 0),
      format: read.format,
      container: chosen.name,
      containers: read.containers.map(({ name }) => name),
      layout: keyed.layout.name,
      tensors,
      notes: [...left, ...inplaceAbnHints],
      shown: shownBy(keyed),
      fits: () => fitsOf(keyed),
      bind: (model, bindOptions) => bind(source, model, bindOptions),
      close: file.close,
    }
  } catch (error) {
    await file.close()
    throw error
  }
}
