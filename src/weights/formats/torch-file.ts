import { InputError } from '../../errors.js'
import type { ByteSource } from './bytes.js'
import { dictionariesOf } from './containers.js'
import { damaged, saveStateDict } from './damaged.js'
import type { Pickled, Storage, Tensor, Unreadable } from './pickled.js'
import { placeTensor, printName } from './place.js'
import type { StoredTensor, TensorFile } from './tensor-file.js'

/** The longest pickle that is read; it has no elements of tensors in it. */
export const longestPickle: number = 2 ** 26

/** A file of `torch.save`: what its pickle says, and where its storages are. */
export interface TorchFile {
  readonly source: ByteSource
  readonly format: 'pytorch' | 'pytorch-legacy'
  readonly top: Pickled
  readonly littleEndian: boolean
  /** Where the bytes of a storage are, or why they are not there. */
  region(storage: Storage): Region | string
}

export interface Region {
  readonly offset: number
  readonly size: number
}

/** The dictionaries of tensors of a file, each tensor in its place. */
export function tensorsOf(file: TorchFile): TensorFile {
  const { source, format, top } = file
  const { dictionaries, others } = dictionariesOf(source, top)
  if (dictionaries.length === 0)
    throw damaged(
      source,
      `there is no dictionary of tensors in it${others.length > 0 ? `, but ${others.slice(0, 20).map(printName).join(', ')}` : ''}`,
      'Save model.state_dict().',
    )
  const containers = dictionaries.map(({ name, tensors }) => {
    const all = tensors.map(([key, tensor]) => tensorAt(file, key, tensor))
    const refused = all.find((one) => one instanceof InputError)
    return {
      name,
      tensors: all.flatMap((one) => (one instanceof InputError ? [] : [one])),
      ...(refused ? { refused } : {}),
    }
  })
  return { format, containers, others }
}

/** A tensor in its place, or why heddle does not read it, which matters where it is wanted. */
function tensorAt(
  file: TorchFile,
  name: string,
  tensor: Tensor | Unreadable,
): StoredTensor | InputError {
  const { source, littleEndian } = file
  const wrong = (problem: string, remedy?: string): InputError =>
    damaged(source, `tensor ${printName(name)} ${problem}`, remedy)
  if (tensor.kind === 'unreadable')
    return wrong(
      `${tensor.why}, which heddle does not read`,
      'Save it as an ordinary dense tensor.',
    )
  const { storage, element, first, shape, strides } = tensor
  const { type } = element
  if (!type)
    return wrong(`is of type ${element.name}, which heddle does not read`, 'Save it as float32.')
  if (storage.place === 'meta') return wrong('is on the meta device, without values', saveStateDict)
  const region = file.region(storage)
  if (typeof region === 'string') throw wrong(region)
  const { bytes } = storage.element
  return placeTensor({
    name,
    type,
    shape,
    strides,
    source,
    littleEndian,
    first,
    region: {
      offset: region.offset + storage.part.first * bytes,
      size: storage.part.size * bytes,
    },
  })
}
