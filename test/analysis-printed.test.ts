import t from 'tap'
import { conventions } from '../src/analysis/conventions.js'

// What Python 3.11 prints of each, by the tools' own functions.
const printed: Readonly<Record<string, readonly (readonly [number, string])[]>> = {
  authors: [
    [512, '4.76837158203125e-07 GFLOPs'],
    [1000000, '0.0009313225746154785 GFLOPs'],
    [3221225472, '3.0 GFLOPs'],
    [1610612736000, '1,500.0 GFLOPs'],
    [37125000000, '34.57535058259964 GFLOPs'],
  ],
  fvcore: [
    [999, '0.999K'],
    [100000000001, '0.1T'],
    [37125000000, '37.125G'],
  ],
  timm: [
    [37125000000, '37.12 GMACs'],
    [37375000000, '37.38 GMACs'],
  ],
  thop: [
    [512, '512.000B'],
    [1000, '1000.000B'],
    [37125000000, '37.125G'],
    [1000000000000, '1000.000G'],
  ],
  ptflops: [
    [512, '512 Mac'],
    [37125000000, '37.12 GMac'],
    [1000000000000, '1000.0 GMac'],
  ],
  torchinfo: [
    [512, 'Total mult-adds (Units.MEGABYTES): 0.00'],
    [1000000, 'Total mult-adds (Units.MEGABYTES): 1'],
    [37125000000, 'Total mult-adds (Units.GIGABYTES): 37.12'],
    [9007199254740991, 'Total mult-adds (Units.TERABYTES): 9,007.20'],
  ],
  torch: [
    [999, '999'],
    [1500, '1500'],
    [9999999, '9999.999K'],
    [1000000000000, '1000.000B'],
  ],
  calflops: [
    [512, '512 FLOPS'],
    [37125000000, '37.12 GFLOPS'],
    [37375000000, '37.38 GFLOPS'],
  ],
  deepspeed: [
    [512, '512 '],
    [37125000000, '37.12 G'],
    [1234500000000000, '1234.5 T'],
  ],
  'onnx-tool': [
    [512, '512'],
    [1099511627776, '1,099,511,627,776'],
  ],
}

t.test('figures are printed as Python prints them, exact halves to the even neighbour', (t) => {
  for (const [name, cases] of Object.entries(printed))
    for (const [figure, expected] of cases)
      t.equal(
        conventions[name as keyof typeof conventions].print(figure),
        expected,
        `${name} ${figure}`,
      )
  t.end()
})
