import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, posix, resolve } from 'node:path'
import t from 'tap'
import { version } from '../src/version.js'
import { scratch } from './support/heddle.js'
import { npm, program } from './support/npm.js'
import { openRegistry } from './support/registry.js'

const manifest = JSON.parse(readFileSync('package.json', 'utf8'))

const outside = scratch(t)
const packed = join(outside, 'packed')
const project = join(outside, 'project')
mkdirSync(packed)
mkdirSync(project)
const registry = await openRegistry(packed)
t.teardown(() => registry.close())

function write(name: string, text: string): void {
  writeFileSync(join(project, name), text)
}

t.test('the package says its own version', async (t) => {
  t.equal(version, manifest.version)
})

t.test('it holds the program, its sources and the papers, and no test', async (t) => {
  const { files } = registry
  const tops = [...new Set(files.map((path) => path.split('/').slice(0, 2).join('/')))]
  t.same(
    ['LICENSE', 'README.md', 'CHANGELOG.md', 'docs/dsl.md', 'dist/src'].filter(
      (each) => !tops.includes(each),
    ),
    [],
  )
  t.same(
    files.filter((path) => /^(?:dist\/)?(?:test|bench|scripts)\/|^node_modules|\.onnx$/.test(path)),
    [],
  )
  t.same(
    Object.values(manifest.bin).filter((path) => !files.includes(path as string)),
    [],
  )
})

t.test('every source map leads to a source that is in it', async (t) => {
  const maps = registry.files.filter((path) => path.endsWith('.map'))
  t.ok(maps.length > 150)
  const lost = maps.flatMap((path) => {
    const { sources } = JSON.parse(readFileSync(path, 'utf8')) as { sources: string[] }
    return sources
      .map((source) => posix.join(dirname(path), source))
      .filter((source) => !registry.files.includes(source))
  })
  t.same(lost, [])
})

t.test('it installs into an empty project, and npm has nothing to warn of', async (t) => {
  write('package.json', JSON.stringify({ name: 'user', private: true, type: 'module' }))
  const where = ['--registry', registry.url, '--cache', join(outside, 'cache')]
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--no-update-notifier']
  const { code, stderr } = await npm(['install', 'heddle', ...where, ...quiet], project)
  t.equal(stderr, '')
  t.equal(code, 0)
  const peers = ['onnxruntime-node', 'koffi']
  t.same(
    registry.missed.filter((name) => !peers.includes(name)),
    [],
  )
  const installed = join(project, 'node_modules')
  for (const peer of peers)
    t.notOk(existsSync(join(installed, peer)), `${peer} is for those who run nets`)
  t.notOk(existsSync(join(installed, 'typescript')))

  const heddle = (...words: readonly string[]) =>
    program(['npx', '--offline', 'heddle', ...words], project)

  t.test('there npx heddle counts', async (t) => {
    const words = ['count', 'hrnet-v2-w48', '--classes', '19', '--input', '1024x2048', '--json']
    const { code, stdout, stderr } = await heddle(...words)
    t.match([code, stderr], [0, ''])
    t.match(JSON.parse(stdout), { parameters: 65_859_379, input: [1, 3, 1024, 2048] })
  })

  write(
    'net.ts',
    `import { add, conv, convBnRelu, type Feature, image, model, type Model, relu } from 'heddle'

export const net: Model<{ y: Feature<8, 2> }> = model('mine', image(3, { size: [32, 48] }), (x) => {
  const fine = convBnRelu(x, 8, { kernel: 3, stride: 2 })
  return { y: relu(add(fine, conv(fine, 8, { kernel: 3 }))) }
})
`,
  )
  write(
    'program.ts',
    `import { count, toOnnx } from 'heddle'
import { build, type BuildReport } from 'heddle/node'
import { net } from './net.js'

const report: BuildReport = await build(net, { output: 'program.onnx', signal: new AbortController().signal })
const { parameters } = count(net)
console.log(JSON.stringify({ parameters, built: report.bytes, emitted: toOnnx(net).bytes }))
`,
  )

  t.test('a program against it type-checks, its declarations too, and runs', async (t) => {
    const common = {
      target: 'es2023',
      strict: true,
      skipLibCheck: false,
      skipDefaultLibCheck: true,
      verbatimModuleSyntax: true,
    }
    const node = { lib: ['es2023'], types: ['node'] }
    const page = { lib: ['es2023', 'dom'], types: [] }
    const neither = { lib: ['es2023'], types: [] }
    const nodenext = { module: 'nodenext', moduleResolution: 'nodenext' }
    const bundler = { module: 'esnext', moduleResolution: 'bundler' }
    for (const [name, compilerOptions, file] of [
      ['nodenext, with @types/node', { ...nodenext, ...node, outDir: '.' }, 'program.ts'],
      ['bundler, with the DOM', { ...bundler, ...page, noEmit: true }, 'program.ts'],
      ['the core, with neither', { ...nodenext, ...neither, noEmit: true }, 'net.ts'],
    ] as const) {
      const config = { compilerOptions: { ...common, ...compilerOptions }, files: [file] }
      write('tsconfig.json', JSON.stringify(config))
      const tsc = resolve('node_modules/typescript/bin/tsc')
      const { code, stdout } = await program([process.execPath, tsc, '-p', '.'], project)
      t.equal(code, 0, `${name}${stdout}`)
    }
    const { stdout, stderr } = await program([process.execPath, 'program.js'], project)
    t.equal(stderr, '')
    const { parameters, built, emitted } = JSON.parse(stdout)
    t.equal(parameters, 3 * 8 * 9 + 2 * 8 + 8 * 8 * 9)
    t.equal(built, emitted)
  })

  t.test(
    'a network of the user’s is built without the runtime, and verified with it',
    async (t) => {
      const built = await heddle('build', './net.ts', '-o', 'net.onnx', '--json')
      t.match([built.code, built.stderr], [0, ''])
      const without = await heddle('verify', './net.ts')
      t.equal(without.code, 3)
      t.match(without.stderr, /npm install onnxruntime-node/)
      t.notMatch(without.stderr, /^\s+at /m)
      symlinkSync(
        resolve('node_modules/onnxruntime-node'),
        join(installed, 'onnxruntime-node'),
        'dir',
      )
      const verified = await heddle('verify', './net.ts', '--json')
      t.match([verified.code, verified.stderr], [0, ''])
      t.match(JSON.parse(verified.stdout), { ok: true, provider: 'cpu' })
      t.same(
        readdirSync(project).filter((name) => name.endsWith('.onnx')),
        ['net.onnx', 'program.onnx'],
      )
    },
  )

  t.test('what the README shows of a network of one’s own is what it does here', async (t) => {
    const readme = readFileSync(join(installed, 'heddle/README.md'), 'utf8')
    const [, network = ''] = /^```ts\n(\/\/ my-net\.ts\n[\s\S]*?)^```$/m.exec(readme) ?? []
    write('my-net.ts', network)
    const told = [...readme.matchAll(/^heddle (.*\.\/my-net\.ts.*)$/gm)]
    const lines = told.map(([, words = '']) => words)
    t.ok(lines.some((line) => line.startsWith('count ')))
    t.ok(lines.some((line) => line.startsWith('build ') && line.endsWith(' --verify')))
    for (const line of lines) {
      // That it is verified, docs.test.ts shows.
      const words = line.split(' ').filter((word) => word !== '--verify')
      const { code, stdout, stderr } = await heddle(...words)
      t.match([code, stderr], [0, ''], line)
      t.match(stdout, line.startsWith('check ') ? /no mistakes/ : /9,641,119/, line)
    }
  })
})
