import t from 'tap'
import { expandPattern } from '../src/sweep/pattern.js'

t.test('a brace is a range or a list, and several vary from the last to the first', async (t) => {
  const expected = {
    'hrnet-v2-w{8..11}': ['hrnet-v2-w8', 'hrnet-v2-w9', 'hrnet-v2-w10', 'hrnet-v2-w11'],
    'w{8..20..4}': ['w8', 'w12', 'w16', 'w20'],
    'w{8..18..4}': ['w8', 'w12', 'w16'],
    'w{10..8}': ['w10', 'w9', 'w8'],
    'w{18,32..34,48}-c': ['w18-c', 'w32-c', 'w33-c', 'w34-c', 'w48-c'],
    'v{1,2}-w{8,9}': ['v1-w8', 'v1-w9', 'v2-w8', 'v2-w9'],
    'w{8}{,-small}': ['w8', 'w8-small'],
    plain: ['plain'],
  }
  for (const [pattern, names] of Object.entries(expected))
    t.same(expandPattern(pattern), names, pattern)
})

t.test('what is wrong with a pattern is told with its place', async (t) => {
  const told = {
    'w{8..x}': /wrong at its character 2: 8\.\.x is no range/,
    'w{8..64': /character 2: it is not closed/,
    'w8..64}': /character 7: } closes nothing/,
    'w{8,{9,10}}': /character 2: a brace stands within it/,
    'v2-w{}': /character 5: {} is empty/,
    'w{8..64..0}': /8\.\.64\.\.0 has a step of 0/,
    'w{1..99999999}': /1\.\.99999999 is too long/,
    'w{1..2000}{1..2000}': /more than 1000000 names/,
    ' ': /the pattern is empty/,
  }
  for (const [pattern, words] of Object.entries(told)) t.throws(() => expandPattern(pattern), words)
})
