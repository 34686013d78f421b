import t from 'tap'
import { type FigureUnit, printBytes, printFigure } from '../src/figures.js'

t.test('a figure is written with its unit and its convention', (t) => {
  const written: readonly (readonly [number, FigureUnit, string])[] = [
    [747_513_315_328, 'macs', '747.51 GMAC (10^9 multiply-accumulates) = 696.18 × 2^30'],
    [2 ** 30, 'macs', '1.07 GMAC (10^9 multiply-accumulates) = 1.0000 × 2^30'],
    [1e9, 'macs', '1.00 GMAC (10^9 multiply-accumulates) = 0.93132 × 2^30'],
    [65_859_379, 'parameters', '65.86 M parameters (10^6)'],
    [19_115_520, 'activations', '19.12 M activations (10^6)'],
    [2 ** 20, 'bytes', '1.05 MB (10^6 bytes) = 1.0000 × 2^20 bytes'],
    [4_200_000_000_000, 'activations', '4.20 T activations (10^12)'],
    [2 ** 53, 'parameters', '9.01 P parameters (10^15)'],
    [999, 'parameters', '999 parameters'],
    [1000, 'parameters', '1.00 k parameters (10^3)'],
    [0, 'bytes', '0 bytes'],
    [12, 'macs', '12 MAC (multiply-accumulates) = 1.1176e-8 × 2^30'],
  ]
  for (const [value, unit, text] of written) t.equal(printFigure(value, unit), text)
  t.end()
})

t.test('rounding never writes a thousand of one prefix for one of the next', (t) => {
  t.equal(printFigure(999_994, 'parameters'), '999.99 k parameters (10^3)')
  t.equal(printFigure(999_995, 'parameters'), '1.00 M parameters (10^6)')
  t.equal(printFigure(999_999, 'parameters'), '1.00 M parameters (10^6)')
  t.match(printFigure(999_999_999_999, 'macs'), /^1\.00 TMAC \(10\^12 /)
  for (let power = 3; power <= 15; power += 3)
    for (const by of [-6, -5, -4, 0, 4]) {
      const value = 10 ** power + by * 10 ** (power - 6)
      t.notMatch(printFigure(value, 'activations'), /^1000/, String(value))
    }
  t.end()
})

t.test('bytes are printed in decimal units, three digits of them', (t) => {
  const written: readonly (readonly [number, string])[] = [
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1000, '1 kB'],
    [1536, '1.54 kB'],
    [99_960, '100 kB'],
    [999_400, '999 kB'],
    [999_600, '1 MB'],
    [264_300_000, '264 MB'],
    [1.5 * 2 ** 30, '1.61 GB'],
    [999_999_999_999, '1 TB'],
    [2 ** 53, '9.01 PB'],
  ]
  for (const [bytes, text] of written) t.equal(printBytes(bytes), text)
  t.end()
})
