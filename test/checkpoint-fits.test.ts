import t from 'tap'
import { fitsOf, fitText, isFit } from '../src/checkpoint/fits.js'
import { zooModel } from '../src/models/zoo.js'
import { tensorsOf } from './support/checkpoint-file.js'
import { keyed, realTensors, zeros } from './support/real-keys.js'

function fitting(network: string): readonly string[] {
  return fitsOf(keyed(realTensors(network)))
    .filter(isFit)
    .map(fitText)
}

t.test('the network that leaves least unused comes first', async (t) => {
  t.same(fitting('authors-segmentation'), ['hrnet-v2-w18 --classes 19', 'hrnet-w18-trunk'])
  t.same(fitting('timm'), ['hrnet-w18-c --classes 1000', 'hrnet-w18-features', 'hrnet-w18-trunk'])
  t.same(fitting('authors-detection'), ['hrnet-v2p-w18', 'hrnet-w18-trunk'])
  t.same(fitting('authors-pose'), ['hrnet-v1-w32 --joints 17'])
})

t.test('each fit says what of the file it leaves', async (t) => {
  const [best, trunk] = fitsOf(keyed(realTensors('authors-segmentation')))
  t.match(best, { missing: [], extra: [], unused: ['loss.criterion.weight'] })
  t.equal(trunk?.unused.length, 9)
})

t.test('near misses follow, nearest first, with what they lack', async (t) => {
  const all = fitsOf(keyed(realTensors('authors-segmentation')))
  const near = all.filter((fit) => !isFit(fit))
  t.ok(near.length > 0 && near.length <= 3)
  t.same(all.slice(-near.length), near)
  const faults = near.map(({ missing, extra }) => missing.length + extra.length)
  t.same(
    faults,
    faults.toSorted((a, b) => a - b),
  )
  const ci = near.find(({ model }) => model === 'hrnet-w18-ci')
  t.same(ci?.missing, ['classifier.weight', 'classifier.bias'])
})

t.test('HigherHRNet is told from its trunk by its heads', async (t) => {
  const network = zooModel('higher-hrnet-w4', { joints: 14, finalKernel: 3 })
  const tensors = tensorsOf(network).map(({ name, shape }) => zeros(name, shape))
  const fits = fitsOf(keyed(tensors)).filter(isFit).map(fitText)
  t.same(fits, ['higher-hrnet-w4 --joints 14 --final-kernel 3'])
})

t.test(
  'HRNet-OCR is told from its trunk, with as many classes as its last layer has',
  async (t) => {
    const network = zooModel('hrnet-ocr-w4', { classes: 21 })
    const tensors = tensorsOf(network).map(({ name, shape }) => zeros(`model.${name}`, shape))
    const fits = fitsOf(keyed(tensors)).filter(isFit).map(fitText)
    t.same(fits, ['hrnet-ocr-w4 --classes 21', 'hrnet-w4-trunk'])
  },
)

t.test('networks of bottleneck units are found by their third convolutions', async (t) => {
  const network = zooModel('hrnet-w8-c', { unit: 'bottleneck', classes: 3 })
  const tensors = tensorsOf(network).map(({ name, shape }) => zeros(name, shape))
  const [best] = fitsOf(keyed(tensors)).map(fitText)
  t.equal(best, 'hrnet-w8-c --classes 3 --unit bottleneck')
})
