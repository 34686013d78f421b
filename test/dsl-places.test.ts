import { readFileSync } from 'node:fs'
import module from 'node:module'
import { fileURLToPath } from 'node:url'
import { NetworkError, printLocation, zooModel } from 'heddle'
import t from 'tap'
import { operationsOf } from '../src/compiler/graph.js'
import { userLocation } from '../src/errors.js'
import { plainNode } from './support/plain-node.js'

t.test(
  'a mistake is told at the innermost line of the user, wherever heddle calls it',
  async (t) => {
    module.register('../src/cli/hooks.js', import.meta.url)
    const url = new URL('../../test/fixtures/places.ts', import.meta.url)
    const { mistakes } = (await import(url.href)) as {
      mistakes: Readonly<Record<string, () => unknown>>
    }
    const lines = readFileSync(url, 'utf8').split('\n')
    for (const [name, mistake] of Object.entries(mistakes)) {
      const line = lines.findIndex((text) => text.endsWith(`// ${name}`)) + 1
      try {
        mistake()
        t.fail(`${name} is accepted`)
      } catch (error) {
        if (!(error instanceof NetworkError)) throw error
        const { file, line: found, column = 0 } = error.location ?? {}
        t.same([file, found], [fileURLToPath(url), line], name)
        t.match(lines[line - 1]?.slice(column - 1), /^\w/, 'the column is that of a word')
      }
    }
  },
)

t.test('all layers of a network of the zoo stand where it was asked for', async (t) => {
  const here = userLocation(new Error('here'))
  const { graph } = zooModel('hrnet-v2-w1')
  const [place, ...others] = new Set(operationsOf(graph).map(({ origin }) => origin.place))
  t.same(others, [])
  const { file, line } = userLocation(place as Error) ?? {}
  t.same([file, line], [here?.file, (here?.line ?? 0) + 1])
})

t.test('where Node maps stacks to their sources, the place is in the source', async (t) => {
  const script = fileURLToPath(new URL('support/misfit.js', import.meta.url))
  const run = (...flags: string[]): { file: string; line: number } =>
    JSON.parse(plainNode([...flags, script]).stdout)
  t.same(run().file, script)
  const { file, line } = run('--enable-source-maps')
  t.equal(file, fileURLToPath(new URL('../../test/support/misfit.ts', import.meta.url)))
  t.match(readFileSync(file, 'utf8').split('\n')[line - 1], 'kernel: 0')
})

t.test('stacks of all shapes are read', async (t) => {
  const place = (...frames: string[]): string | undefined => {
    const error = new Error('place')
    error.stack = ['Error: place', ...frames.map((frame) => `    at ${frame}`)].join('\n')
    const location = userLocation(error)
    return location && printLocation(location)
  }
  const own = new URL('../src/dsl/layers.js', import.meta.url).href
  t.equal(place(`conv (${own}:1:2)`, 'f (file:///home/u/net.ts:3:4)'), '/home/u/net.ts:3:4')
  t.equal(place(`${own}:1:2`, 'file:///home/u/net.ts?v=2:3:4'), '/home/u/net.ts:3:4')
  t.equal(place('async Promise.all (index 0)', 'async file:///net.ts:3:4'), '/net.ts:3:4')
  t.equal(place('f (file:///a%20(copy)/net.ts:3:4)'), '/a (copy)/net.ts:3:4')
  t.equal(place('f (file:///C:/Users/u/net.ts:3:4)'), 'C:/Users/u/net.ts:3:4')
  t.equal(place('new Net (C:\\Users\\u\\net.js:3:4)'), 'C:\\Users\\u\\net.js:3:4')
  t.equal(place('f (file://server/share/net.ts:3:4)'), '//server/share/net.ts:3:4')
  t.equal(place('f (https://example.org/net.js?v=2:3:4)'), 'https://example.org/net.js:3:4')
  t.equal(place('f (file:///100%.ts:3:4)'), '/100%.ts:3:4')
  t.equal(place('eval (eval at f (/net.js:1:2), <anonymous>:3:4)'), undefined)
  t.equal(place('node:internal/main:1:2', `conv (${own}:1:2)`), undefined)
  t.equal(place(), undefined)
})
