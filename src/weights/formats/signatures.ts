type Matches = (start: string) => boolean

const begins =
  (...beginnings: readonly string[]): Matches =>
  (start) =>
    beginnings.some((each) => start.startsWith(each))
const has =
  (word: string, at: number): Matches =>
  (start) =>
    start.startsWith(word, at)
const fits =
  (pattern: RegExp): Matches =>
  (start) =>
    pattern.test(start)

const picture = ['\x89PNG', '\xff\xd8\xff', 'GIF8', 'BM', 'II*\0', 'MM\0*']

/** What other files begin with, and what to call them; the first that fits. */
const signatures: readonly (readonly [Matches, what: string, remedy?: string])[] = [
  [
    begins('version https://git-lfs'),
    'a pointer of Git LFS, which stands for the file',
    'Fetch the file itself: git lfs pull.',
  ],
  [
    fits(/^\s*<(?:!doctype|\?xml|html|head|body)/i),
    'a page of HTML or XML: a download that went wrong',
    'Fetch the file again, and look at the page for the reason.',
  ],
  [begins('\x1f\x8b'), 'packed by gzip', 'Unpack it first: gunzip.'],
  [begins('BZh'), 'packed by bzip2', 'Unpack it first: bunzip2.'],
  [begins('\xfd7zXZ'), 'packed by xz', 'Unpack it first: unxz.'],
  [begins('\x28\xb5\x2f\xfd'), 'packed by zstd', 'Unpack it first: unzstd.'],
  [begins('7z\xbc\xaf'), 'a 7-Zip archive', 'Unpack it first.'],
  [begins('Rar!'), 'a RAR archive', 'Unpack it first.'],
  [
    has('ustar', 257),
    'a tar archive, of files or of the first versions of PyTorch',
    'Unpack it, or load it in PyTorch and save it again.',
  ],
  [begins('PK\x05\x06'), 'an empty ZIP archive'],
  [begins('PK\x07\x08'), 'a part of a ZIP archive of several', 'Join the parts first.'],
  [begins('\x89HDF\r\n'), 'an HDF5 file, as Keras writes'],
  [has('TFL3', 4), 'a TensorFlow Lite model'],
  [begins('GGUF', 'ggml'), 'a GGUF file'],
  [begins('\x93NUMPY'), 'a NumPy array'],
  [has('WEBP', 8), 'a picture'],
  [begins(...picture), 'a picture'],
  [begins('%PDF'), 'a PDF document'],
  [isProtobuf, 'an ONNX or TensorFlow model, or another message of protobuf'],
  [
    begins('\x80\x02', '\x80\x03', '\x80\x04', '\x80\x05'),
    'a pickle, but none that torch.save wrote',
    'If you trust the file, load it in Python, and save its tensors by torch.save or safetensors.',
  ],
  [
    (start) => start === '\0'.repeat(start.length),
    'nothing but zeros: a download that did not end',
  ],
  [fits(/^[\s\x20-\x7e]+$/), 'a text'],
]

/** A first field with a small number, and a second of a text or a message. */
function isProtobuf(start: string): boolean {
  return (
    start[0] === '\x08' && start.charCodeAt(1) < 32 && '\x12\x1a\x3a\x42'.includes(start.charAt(2))
  )
}

/** What a file looks like by its first 1024 bytes, and what to do about it. */
export function lookOf(start: Uint8Array): { readonly what: string; readonly remedy: string } {
  const text = String.fromCharCode(...start)
  const [, what, remedy] = signatures.find(([matches]) => matches(text)) ?? []
  return {
    what: what ?? 'of no kind that heddle knows',
    remedy: remedy ?? 'Give a checkpoint: .pth or .pt of PyTorch, or .safetensors.',
  }
}
