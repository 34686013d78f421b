import t from 'tap'
import { printSide } from '../src/compiler/specialise.js'
import { nearestOf } from '../src/spelling.js'

t.test('the nearest word is the one of fewest changes, the first of several', async (t) => {
  const words = ['hrnet-v1', 'hrnet-v2', 'hrnet-v2p', 'landmarks']
  t.equal(nearestOf('hrnet_v2', words), 'hrnet-v2')
  t.equal(nearestOf('hrnetv2p', words), 'hrnet-v2p')
  t.equal(nearestOf('hrnet-v3', words), 'hrnet-v1')
  t.equal(nearestOf('marks', words), 'landmarks')
  t.equal(nearestOf('', ['abc', 'ab']), 'ab')
  t.equal(nearestOf('word', []), '')
})

t.test('sides are printed as the command line has them', async (t) => {
  t.equal(printSide(512), '512')
  t.equal(printSide({ multiple: 1 }), 'dynamic')
  t.equal(printSide({ multiple: 32 }), 'dynamic/32')
})
