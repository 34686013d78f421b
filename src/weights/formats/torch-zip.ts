import type { ByteSource } from './bytes.js'
import { damaged } from './damaged.js'
import { printName } from './place.js'
import type { TensorFile } from './tensor-file.js'
import { longestPickle, tensorsOf } from './torch-file.js'
import { unpickle } from './unpickle.js'
import { locateEntries, type ZipEntry } from './zip.js'
import { readDirectory } from './zip-directory.js'

/** What `torch.save` writes since PyTorch 1.6: a ZIP archive of a pickle and of storages, stored as they are. */
export async function readTorchZip(source: ByteSource): Promise<TensorFile> {
  const directory = await readDirectory(source)
  const pickle = pickleIn(
    source,
    directory.listed.map(({ name }) => name),
  )
  const root = pickle.replace('data.pkl', '')
  const entries = await locateEntries(source, directory)
  const entry = entries.get(pickle) as ZipEntry
  if (entry.size > longestPickle)
    throw damaged(source, `its pickle has ${entry.size} bytes; ${longestPickle} is the most`)
  const littleEndian = await isLittleEndian(source, entries.get(`${root}byteorder`))
  const bytes = await source.read(entry.offset, entry.size)
  const { value, end } = unpickle({ source, bytes, at: entry.offset })
  if (end !== entry.size)
    throw damaged(
      source,
      `its pickle ends at byte ${end} of the ${entry.size} that it is stored in`,
    )
  return tensorsOf({
    source,
    format: 'pytorch',
    top: value,
    littleEndian,
    region: ({ key, size, element }) => {
      const stored = entries.get(`${root}data/${key}`)
      if (!stored) return `lies in ${printName(`${root}data/${key}`)}, which is not there`
      return stored.size === size * element.bytes
        ? stored
        : `lies in a storage of ${size * element.bytes} bytes, of which ${stored.size} are there`
    },
  })
}

/** The pickle of an archive, beside which the rest lies. */
function pickleIn(source: ByteSource, names: readonly string[]): string {
  const pickles = names.filter((name) => /^(?:[^/]*\/)?data\.pkl$/.test(name))
  const [pickle] = pickles
  if (pickle === undefined || pickles.length > 1)
    throw damaged(
      source,
      `a ZIP archive with ${pickles.length} data.pkl, not one as torch.save has it: ${names.slice(0, 5).map(printName).join(', ')}${names.length > 5 ? ', …' : ''}`,
      'Give a checkpoint: .pth, .pt or .safetensors.',
    )
  const root = pickle.replace('data.pkl', '')
  if (names.some((each) => each === `${root}constants.pkl` || each.startsWith(`${root}code/`)))
    throw damaged(
      source,
      'a TorchScript archive: a program with its weights',
      'In PyTorch, save torch.jit.load(file).state_dict() by torch.save.',
    )
  return pickle
}

/** As the archive says; before PyTorch 2.1 it did not, and was little-endian. */
async function isLittleEndian(source: ByteSource, entry: ZipEntry | undefined): Promise<boolean> {
  if (!entry) return true
  const text = new TextDecoder().decode(await source.read(entry.offset, Math.min(entry.size, 20)))
  if (text !== 'little' && text !== 'big')
    throw damaged(source, `its byte order is ${printName(text)}; little or big is meant`)
  return text === 'little'
}
