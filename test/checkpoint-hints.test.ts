import t from 'tap'
import { inplaceAbnHintsOf, networkHints } from '../src/checkpoint/hints.js'
import { isBookkeeping } from '../src/checkpoint/match.js'
import { openCheckpoint } from '../src/checkpoint/open.js'
import type { ZooOptions } from '../src/models/family.js'
import { zooModel } from '../src/models/zoo.js'
import type { StoredTensor } from '../src/weights/formats/tensor-file.js'
import { tensorsOf, writtenFile } from './support/checkpoint-file.js'
import { keyed, realTensors, zeros } from './support/real-keys.js'

function hints(
  network: string,
  name: string,
  options: ZooOptions = {},
  inplaceAbn = false,
): string {
  return networkHints(keyed(realTensors(network)), zooModel(name, options), inplaceAbn).join('\n')
}

t.test('a network that fuses otherwise than the code of the file is told of', async (t) => {
  t.equal(hints('authors-pose', 'hrnet-v1-w32'), '')
  t.equal(
    hints('authors-pose', 'hrnet-v1-w32', { upsample: 'bilinear' }),
    'authors-pose fuses nearest, hrnet-v1-w32 bilinear: other numbers (--upsample nearest for theirs)',
  )
  t.match(
    hints('authors-segmentation', 'hrnet-w18-trunk'),
    'authors-segmentation fuses bilinear, hrnet-w18-trunk nearest: other numbers (--upsample bilinear for theirs)',
  )
})

t.test('mmseg’s two resizes are told of where they are not asked for', async (t) => {
  t.equal(
    hints('mmseg', 'hrnet-v2-w18'),
    'mmseg fuses bilinear twice, hrnet-v2-w18 bilinear: other numbers at sizes that 32 does not divide (--fuse-twice for theirs)',
  )
  t.equal(hints('mmseg', 'hrnet-v2-w18', { fuseTwice: true }), '')
  t.match(hints('mmseg', 'hrnet-w18-trunk'), '(--upsample bilinear --fuse-twice for theirs)')
})

t.test('what no key shows is said to be assumed', async (t) => {
  t.match(
    hints('authors-segmentation', 'hrnet-v2-w18'),
    'not aligned, as in hrnet-v2-w18, is assumed (--align-corners)',
  )
  t.match(
    hints('authors-segmentation', 'hrnet-v2-w18', { alignCorners: true }),
    'corners were aligned: aligned, as in hrnet-v2-w18, is assumed',
  )
  const trunk = realTensors('authors-pose').filter(({ name }) => !name.includes('final_layer'))
  t.same(networkHints(keyed(trunk), zooModel('hrnet-v1-w32'), false), [
    'no key shows how its code fused: nearest, as hrnet-v1-w32, is assumed (--upsample)',
  ])
})

t.test(
  'a network of one’s own is told the same, and of no option, since it takes none',
  async (t) => {
    const { graph, ...rest } = zooModel('hrnet-v2-w18')
    const own = { ...rest, graph, name: 'mine' }
    for (const [network, says] of [
      [
        'authors-segmentation',
        'no key shows whether corners were aligned: not aligned, as in mine, is assumed',
      ],
      [
        'mmseg',
        'mmseg fuses bilinear twice, mine bilinear: other numbers at sizes that 32 does not divide',
      ],
    ] as const)
      t.same(networkHints(keyed(realTensors(network)), own, false), [says])
  },
)

t.test('which convolutions of a ResNet coarsen, no key shows', async (t) => {
  const says = 'no key shows which convolutions of its units coarsen: the'
  for (const [name, options, rest] of [
    ['resnet-50', {}, '3×3, as in resnet-50, is assumed (--stride-first)'],
    ['resnet-50', { strideFirst: true }, '1×1, as in resnet-50, is assumed (--no-stride-first)'],
    ['resnet-50-fpn', {}, '1×1, as in resnet-50-fpn, is assumed (--no-stride-first)'],
  ] as const)
    t.equal(hints('timm, resnet50', name, options), `${says} ${rest}`)
  t.equal(hints('timm, resnet50', 'resnet-38'), '', 'a basic unit has one way')
})

t.test('InPlaceABN is suspected of segmentation files without counters alone', async (t) => {
  for (const network of ['authors-segmentation', 'authors-pose', 'mmseg'])
    t.same(await inplaceAbnHintsOf(keyed(realTensors(network))), [])
  const without = realTensors('authors-pose').filter(({ name }) => !name.endsWith('_tracked'))
  t.same(await inplaceAbnHintsOf(keyed(without)), [])
  const counted = 'it has num_batches_tracked, which InPlaceABN does not write'
  t.match(hints('authors-segmentation', 'hrnet-v2-w18', {}, true), counted)
  t.notMatch(hints('authors-segmentation', 'hrnet-v2-w18'), counted)
})

t.test('scales beyond all reason are not read', async (t) => {
  const claimed = (name: string): StoredTensor => ({
    ...zeros(name, [2 ** 24]),
    strides: [0],
    source: { name: 'net.pth', size: 4, read: () => Promise.reject(new Error('it was read')) },
  })
  const without = realTensors('authors-segmentation').filter(({ name }) => !isBookkeeping(name))
  const huge = ['x.weight', 'x.running_var'].map(claimed)
  t.same(await inplaceAbnHintsOf(keyed([...huge, ...without])), [])
})

t.test(
  'how much it matters is read from the scales, and not asked again of who asked for it',
  async (t) => {
    const network = zooModel('hrnet-v2-w1')
    const positive = tensorsOf(network).map((one) => ({
      ...one,
      values: (one.values as Float32Array).map((x) =>
        one.name.endsWith('weight') ? Math.abs(x) : x,
      ),
    }))
    for (const [name, tensors, says] of [
      ['seeded', tensorsOf(network), /\d+ of 5?\d+ scales of norms are negative/],
      ['positive', positive, /no scale is negative: the two differ by an epsilon/],
    ] as const) {
      const file = await openCheckpoint(writtenFile(t, tensors, `${name}.safetensors`))
      t.match(file.notes.join(), says)
      t.match(file.bind(network).notes.join(), says)
      t.notMatch(file.bind(network, { inplaceAbn: true }).notes.join(), says)
      await file.close()
    }
  },
)
