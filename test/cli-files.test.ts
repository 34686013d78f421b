import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import {
  document,
  documentsInTurn,
  heddle,
  heddleInTurn,
  main,
  netFile,
  scratch,
} from './support/heddle.js'
import { plainNode } from './support/plain-node.js'

type Case = readonly [text: string, said?: RegExp | string, name?: string]

/** Counts files as their users do, each in a folder of its own: what is refused is told so; without words, it is taken. */
function counted(t: Test, cases: readonly Case[]): void {
  const lines = cases.map(([text, , name = 'net.ts']) => ({
    line: ['count', `./${name}`],
    cwd: scratch(t, { [name]: text }),
  }))
  for (const [i, { code, stdout, stderr }] of heddleInTurn(lines).entries()) {
    const [text, said] = cases[i] as Case
    t.equal(code, said === undefined ? 0 : 2, stderr)
    if (said === undefined) continue
    t.equal(stdout, '')
    t.match(stderr, said, text)
    t.notMatch(stderr, /^ {4}at /m, 'no stack trace')
  }
}

const imports = "import { conv, image, model } from 'heddle'\n"
const made = "model('net', image(3, { size: [32, 32] }), (x) => ({ y: conv(x, 8, { kernel: 3 }) }))"

t.test('a file runs from any folder, without a package.json or node_modules', async (t) => {
  const cwd = scratch(t, { 'my-net.ts': netFile('unet'), 'far/away/empty': '' })
  const { parameters, model } = document('count ./my-net.ts', { cwd }).json
  t.match({ parameters, model }, { parameters: 216, model: 'unet' })
  const away = join(cwd, 'far/away')
  t.equal(document('count ../../my-net.ts#unet', { cwd: away }).json.model, 'unet')
  t.equal(document(`count ${cwd}/my-net.ts`, { cwd: away }).json.model, 'unet')
  t.equal(document('count my-net.ts', { cwd }).json.model, 'unet', 'without ./ too')
})

t.test('heddle in a file is the running heddle', async (t) => {
  const cwd = scratch(t, {
    'package.json': '{ "name": "theirs" }',
    'node_modules/heddle/package.json': '{ "name": "heddle", "main": "index.js" }',
    'node_modules/heddle/index.js': "throw new Error('another heddle')",
    'net.ts': `import { hrnetV2 } from 'heddle'
import { build } from 'heddle/node'
export const net = typeof build === 'function' ? hrnetV2(1) : undefined
`,
  })
  t.equal(document('count ./net.ts', { cwd }).json.parameters, 362247)
})

t.test('a file imports its siblings, with and without extension', async (t) => {
  const cwd = scratch(t, {
    'net.ts': `${imports}import { a } from './a'
import { b } from './b.js'
import { c } from './parts/c.ts'
import { d } from './d.mjs'
import { e } from './parts'
import { f } from './f.js'
export const net = model('net', image(3), (x) => ({ y: conv(x, a + b + c + d + e + f, { kernel: 1 }) }))
`,
    'a.ts': 'export const a: number = 1',
    'b.ts': 'export const b = 2 as number',
    'parts/c.ts': 'export const c = 4',
    'd.mts': 'export const d: number = 8',
    'parts/index.ts': 'export const e = 16',
    'f.js': 'export const f = 32',
  })
  t.equal(document('count ./net.ts', { cwd }).json.parameters, 3 * 63)
})

t.test(
  '.mts, .js and .mjs files are networks too, also where Node does not look for modules',
  async (t) => {
    const text = `${imports}export const net = ${made}`
    const cwd = scratch(t, { 'a.mts': text, 'b.js': text, 'c.mjs': text })
    const lines = ['a.mts', 'b.js', 'c.mjs'].map((file) => `count ${file}`)
    for (const { json } of documentsInTurn(lines, { cwd })) t.equal(json.parameters, 216)
    const { code } = plainNode(['--no-experimental-detect-module', main, 'count', 'b.js'], { cwd })
    t.equal(code, 0)
  },
)

t.test('names with spaces, other letters and # work, and links lead to the file', async (t) => {
  const wrong = `${imports}\nexport const net = model('net', image(3), (x) => ({ y: conv(x, 0, { kernel: 3 }) }))`
  const cwd = scratch(t, {
    'sp ace #1/ünï/my net.ts': netFile('unet'),
    'sp ace #1/ünï/wrong #x.ts': wrong,
  })
  symlinkSync('sp ace #1/ünï/wrong #x.ts', join(cwd, 'link.ts'))
  const files = ['my net.ts', 'my net.ts#unet', 'wrong #x.ts'].map(
    (file) => `./sp ace #1/ünï/${file}`,
  )
  const [file, named, wrongFile, link] = heddleInTurn(
    [...files, 'link.ts'].map((file) => ['count', file]),
    { cwd },
  )
  for (const each of [file, named]) t.match(each?.stdout, /^unet\n/)
  for (const each of [wrongFile, link]) t.match(each?.stderr, 'sp ace #1/ünï/wrong #x.ts:3:56')
})

t.test(
  'the model may be a default export, or what a function without arguments makes',
  async (t) => {
    const lines = [
      `export default ${made}`,
      `export const net = () => ${made}`,
      `export function net() { return ${made} }`,
      `export const net = await Promise.resolve(${made})`,
      `const net = ${made}; export { net, net as same }`,
      `export const net = ${made}; export const other = () => 3`,
      `export class Unit {}; export const width = (n: number) => n; export const net = ${made}`,
    ]
    counted(
      t,
      lines.map((line) => [imports + line]),
    )
  },
)

t.test('a file that leaves open which model is meant says what it exports', async (t) => {
  const two = `${imports}export const a = ${made}\nexport const b = ${made}`
  const cwd = scratch(t, { 'net.ts': two })
  const [second, third] = heddleInTurn(['count ./net.ts#b', 'count ./net.ts#c'], { cwd })
  t.equal(second?.code, 0)
  t.equal(third?.code, 2)
  t.match(third?.stderr, /exports no model called “c”\n {2}It exports a, b\./)
  counted(t, [
    [two, /net\.ts exports 2 models: a, b\n {2}Name the one.*: \.\/net\.ts#a\./],
    ['export const x = 3', /net\.ts exports no model\n {2}Export the model/],
    ['', /net\.ts exports no model\n/],
    ['export const g = () => 3', /g\(\) returns a value of type number/],
  ])
})

t.test('a promise of a model is to be awaited in the file', async (t) => {
  counted(t, [
    [`${imports}export const net = Promise.resolve(${made})`, /net is a promise\n {2}Await it/],
    [
      `${imports}export async function net() { return ${made} }`,
      /net\(\) returns a promise\n {2}Await it.*await net\(\)/,
    ],
  ])
})

t.test('what does not compile is told at its line and column', async (t) => {
  counted(t, [
    [
      `${imports}\n  export enum Kind { A }`,
      /net\.ts does not compile: TypeScript enum is not supported\n {2}net\.ts:3:10\n[\s\S]*write what JavaScript has \(for an enum, a union of strings\)/,
    ],
    ['const a = [1\nconst b = 2', /does not compile: Expected.*\n {2}net\.ts:2:1\n/],
    [
      "import { convolution, conv } from 'heddle'",
      /no?t? provide an export named 'convolution'\n {2}net\.ts:1:10\n[\s\S]*Did you mean conv/,
    ],
    [
      "import { Model } from 'heddle'\nexport const x: Model = 1",
      "It is a type: import { type Model } from 'heddle'.",
    ],
    ["\nimport { x } from './elsewhere'", /there is no module elsewhere\n {2}net\.ts:2:22\n/],
    ["import x from 'lodash'", /there is no module lodash\n {2}net\.ts:1:16\n/],
    [
      "const { conv } = require('heddle')",
      /net\.js requires heddle.*\n {2}net\.js:1:18\n[\s\S]*Import it: import { … } from 'heddle'\./,
      'net.js',
    ],
  ])
})

t.test('what throws is told at its line and column', async (t) => {
  counted(t, [
    [
      "function f(): never {\n  throw new TypeError('nope')\n}\nf()",
      /net\.ts throws TypeError: nope\n {2}net\.ts:2:9\n {2}2 \| {3}throw new/,
    ],
    ['throw null', /net\.ts throws object null/],
    [
      `${imports}\nPromise.reject(new Error('later'))\nexport const net = ${made}`,
      /net\.ts throws Error: later\n {2}net\.ts:3:16/,
    ],
    [
      'const f = (n: number): number => 1 + f(n + 1)\nf(0)',
      /RangeError: Maximum call stack size exceeded\n {2}net\.ts:1:/,
    ],
    ['\nprocess.exit(0)', /net\.ts ends the process\n {2}net\.ts:2:9/],
    ['await new Promise(() => {})', /net\.ts waits for something that never comes/],
    [
      // CRLF
      `${imports}\r\nexport const net = model('n', image(3), (x) => ({\r\n  y: conv(x, 1.5, { kernel: 3 }),\r\n}))`,
      /1\.5\n {2}net\.ts:4:6\n {2}4 \| {3}y: conv\(x, 1\.5/,
    ],
  ])
})

t.test('stack traces are shown where they are asked for', async (t) => {
  const cwd = scratch(t, { 'net.ts': "throw new Error('nope')" })
  const traced = /^Error: nope\n {4}at .*net\.ts:1:7/m
  t.match(heddle('count ./net.ts --stack', { cwd }).stderr, traced)
  t.match(heddle('count ./net.ts', { cwd, env: { HEDDLE_STACK: '1' } }).stderr, traced)
  t.notMatch(heddle('count ./net.ts', { cwd, env: { HEDDLE_STACK: '0' } }).stderr, traced)
})

t.test('what a file prints goes to standard error', async (t) => {
  const text = `${imports}console.log('hello'); process.stdout.write('there\\n')\nexport const net = ${made}`
  const { json, stderr } = document('count ./net.ts', { cwd: scratch(t, { 'net.ts': text }) })
  t.equal(json.parameters, 216)
  t.equal(stderr, 'hello\nthere\n')
})

t.test('what is no TypeScript file is told', async (t) => {
  const cwd = scratch(t, { 'net.json': '{}', 'other.ts': '' })
  const cases = [
    ['net.json', /net\.json ends in none of \.ts, \.mts, \.js and \.mjs/],
    ['./', /\.\/ is a folder/],
    ['./nte.ts', /no file \.\/nte\.ts\n {2}In that folder: other\.ts/],
  ] as const
  const all = heddleInTurn(
    cases.map(([file]) => `count ${file}`),
    { cwd },
  )
  for (const [i, [, problem]] of cases.entries()) t.match(all[i], { code: 2, stderr: problem })
})
