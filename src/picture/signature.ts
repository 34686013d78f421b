/** What files hold at their beginning, at which byte, and what they are. */
const signatures: readonly (readonly [at: number, text: string, kind: string])[] = [
  [0, '\xff\xd8\xff', 'JPEG'],
  [0, '\x89PNG\r\n\x1a\n', 'PNG'],
  [8, 'WEBP', 'a WebP picture'],
  [0, 'GIF8', 'a GIF picture'],
  [0, 'BM', 'a BMP picture'],
  [0, 'II*\0', 'a TIFF picture'],
  [0, 'MM\0*', 'a TIFF picture'],
  [4, 'ftypavi', 'an AVIF picture'],
  [4, 'ftyphei', 'a HEIC picture'],
  [4, 'ftypmif1', 'a HEIC picture'],
  [4, 'JXL ', 'a JPEG XL picture'],
  [0, '\xff\x0a', 'a JPEG XL picture'],
  [4, 'jP  ', 'a JPEG 2000 picture'],
  [0, '8BPS', 'a Photoshop picture'],
  [1, 'PNG', 'a PNG picture that was changed on its way'],
  [0, '%PDF', 'a PDF'],
  [0, 'PK\x03\x04', 'a ZIP archive'],
  [0, '\x1f\x8b', 'a gzip archive'],
  [4, 'ftyp', 'a video'],
  [0, '<svg', 'an SVG drawing'],
  [0, '<?xml', 'XML'],
  [0, '<', 'a web page'],
]

/** What a file looks like by its first bytes: `JPEG`, `PNG`, or words for what else it is. */
export function looksLike(bytes: Uint8Array): string | undefined {
  const start = String.fromCharCode(...bytes.subarray(0, 256))
  const found = signatures.find(([at, text]) => start.startsWith(text, at))?.[2]
  if (found) return found
  return /^[\t\n\r -~]+$/.test(start) ? 'a text' : undefined
}

/** Whether a file that begins so is read as a picture. */
export function isPicture(start: Uint8Array): boolean {
  const kind = looksLike(start)
  return kind === 'JPEG' || kind === 'PNG'
}
