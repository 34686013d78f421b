import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { bytesOf } from './support/archives.js'
import { checkpoint } from './support/checkpoints.js'
import { refused } from './support/refused.js'
import { tinyOnnx } from './support/tiny-onnx.js'

t.test('a file that is no file of tensors is told by what it looks like', async (t) => {
  const tar = new Uint8Array(1024)
  tar.set(bytesOf('sys_info'))
  tar.set(bytesOf('ustar'), 257)
  const files: Readonly<Record<string, Uint8Array>> = {
    empty: new Uint8Array(0),
    'a page of HTML': bytesOf('<!DOCTYPE html><html>404'),
    'a pointer of Git LFS': bytesOf('version https://git-lfs.github.com/spec/v1\noid sha256:1\n'),
    'packed by gzip': gzipSync(readFileSync(checkpoint('zip.pth'))),
    'a tar archive': tar,
    'an ONNX or TensorFlow model': tinyOnnx(),
    'an HDF5 file': bytesOf(0x89, 'HDF\r\n', 0x1a, '\n'),
    'a NumPy array': bytesOf(0x93, 'NUMPY', 1, 0),
    'a picture': bytesOf(0x89, 'PNG\r\n', 0x1a, '\n'),
    'a pickle, but none that torch.save wrote': bytesOf(0x80, 2, '}.'),
    'an empty ZIP archive': bytesOf('PK', 5, 6, new Uint8Array(18)),
    'nothing but zeros': new Uint8Array(5000),
    'a text': bytesOf('weights: none\n'),
    'of no kind that heddle knows': bytesOf(1, 2, 3, 4, 5, 6, 7, 0xee, 9),
  }
  for (const [said, bytes] of Object.entries(files)) await refused(t, bytes, said)
})

t.test('a file of one byte, whichever it is, is refused', async (t) => {
  for (let byte = 0; byte < 256; byte++)
    await refused(t, Uint8Array.of(byte), /no file of tensors|index/)
})
