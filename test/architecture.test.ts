import { readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { basename, join, posix } from 'node:path'
import t from 'tap'
import { ts } from 'ts-morph'

/** What each folder of src may import beside itself and the leaves; '' is compile.ts. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  compiler: [],
  dsl: ['compiler'],
  passes: ['compiler'],
  onnx: ['compiler'],
  weights: ['compiler'],
  analysis: ['compiler'],
  targets: ['compiler', 'passes'],
  proof: ['compiler'],
  models: ['dsl'],
  paper: ['analysis', 'compiler', 'models', ''],
  sweep: ['analysis', 'dsl', 'models', ''],
  plot: [],
  files: [],
  runtime: ['cuda'],
  cuda: ['files', 'weights'],
  doctor: ['cuda', 'runtime'],
  checkpoint: ['compiler', 'dsl', 'files', 'models', 'weights'],
  picture: [],
  answer: ['compiler', 'dsl', 'files', 'picture', 'runtime'],
  build: [
    'analysis',
    'answer',
    'compiler',
    'dsl',
    'files',
    'onnx',
    'passes',
    'picture',
    'runtime',
    'targets',
    'weights',
    '',
  ],
  verify: ['analysis', 'build', 'compiler', 'dsl', 'files', 'proof', 'runtime', 'weights', ''],
}

/** Files that stand by themselves, and that all may import. */
const leaves = [
  'errors.ts',
  'figures.ts',
  'half.ts',
  'instructions.ts',
  'progress.ts',
  'spelling.ts',
  'version.ts',
]
/** What users import: nothing of heddle does, but the command line when it stands for a user's program. */
const entries = ['index.ts', 'node.ts']

/** Who may import Node; no one else, so that the same code runs in a page. */
const onNode =
  /^(?:cli|cuda|doctor|runtime|files)\/|^build\/(?:in-place|open-graph|write-onnx)\.ts$|^verify\/(?:certificate\/|verify-file\.ts$)|^picture\/codec\.ts$/

/** Who imports which package; those that are not named here import none. */
const packages: Readonly<Record<string, readonly string[]>> = {
  onnx: ['onnx-proto', 'protobufjs'],
  runtime: ['koffi', 'onnxruntime-node'],
  picture: ['@jsquash/jpeg', 'fast-png', 'fflate'],
  cli: ['commander', 'ts-morph', '@swc/wasm-typescript'],
}

interface Source {
  /** Files of src, by their paths in it. */
  readonly files: readonly string[]
  readonly builtins: readonly string[]
  readonly packages: readonly string[]
}

const texts: ReadonlyMap<string, string> = new Map(
  readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => [path.replaceAll('\\', '/'), readFileSync(join('src', path), 'utf8')]),
)
const sources: ReadonlyMap<string, Source> = new Map(
  [...texts].map(([path, text]) => [path, sourceOf(path, text)]),
)

/** What a file imports, for types too. */
function sourceOf(path: string, text: string): Source {
  const named = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName)
  const isFile = (name: string): boolean => name.startsWith('.')
  return {
    files: named
      .filter(isFile)
      .map((name) => posix.join(posix.dirname(path), name).replace(/\.js$/, '.ts')),
    builtins: named.filter(isBuiltin),
    packages: named
      .filter((name) => !isFile(name) && !isBuiltin(name))
      .map((name) => (/^(?:@[^/]+\/)?[^/]+/.exec(name) as RegExpExecArray)[0]),
  }
}

function folderOf(path: string): string {
  return path.includes('/') ? (path.split('/')[0] as string) : ''
}

/** Whether `from` may import `to`. */
function allowed(from: string, to: string): boolean {
  const [outer, inner] = [folderOf(from), folderOf(to)]
  if (leaves.includes(from)) return false
  if (leaves.includes(to) || (inner !== '' && outer === inner)) return true
  if (entries.includes(to)) return false
  // Where parts meet: the files at the top, and the command line.
  if (outer === '' || outer === 'cli') return inner !== 'cli'
  return (arrows[outer] ?? []).includes(inner)
}

/** The files that a file leads to, itself first. */
function reachedFrom(start: string): readonly string[] {
  const reached = [start]
  for (const path of reached)
    for (const next of sources.get(path)?.files ?? [])
      if (!reached.includes(next)) reached.push(next)
  return reached
}

t.test('what is imported exists', async (t) => {
  t.ok(sources.size > 90)
  const all = [...sources].flatMap(([from, { files }]) => files.map((to) => `${from} → ${to}`))
  t.same(
    all.filter((arrow) => !sources.has(arrow.split(' → ')[1] as string)),
    [],
  )
})

t.test('arrows run one way', async (t) => {
  const folders = new Set([...sources.keys()].map(folderOf).filter((name) => name !== ''))
  t.same([...folders].sort(), [...Object.keys(arrows), 'cli'].sort())
  const wrong = [...sources].flatMap(([from, { files }]) =>
    files.filter((to) => !allowed(from, to)).map((to) => `${from} → ${to}`),
  )
  t.same(wrong, [])
})

t.test('an arrow that is allowed is used', async (t) => {
  const used = (from: string, to: string): boolean =>
    [...sources].some(
      ([path, { files }]) => folderOf(path) === from && files.some((file) => folderOf(file) === to),
    )
  const idle = Object.entries(arrows).flatMap(([from, to]) =>
    to.filter((each) => !used(from, each)).map((each) => `${from} → ${each}`),
  )
  t.same(idle, [])
})

t.test('no file leads back to itself', async (t) => {
  const circular = [...sources].flatMap(([path, { files }]) =>
    files.filter((next) => reachedFrom(next).includes(path)).map((next) => `${path} → ${next}`),
  )
  t.same(circular, [])
})

t.test('only the command line, the runtime, files and four named ones know Node', async (t) => {
  const wrong = [...sources].filter(
    ([path, { builtins }]) => builtins.length > 0 && !onNode.test(path),
  )
  t.same(
    wrong.map(([path]) => path),
    [],
  )
  const core = reachedFrom('index.ts')
  t.ok(core.includes('onnx/emit.ts') && core.includes('weights/seeded/seeded.ts'))
  t.same(
    core.filter((path) => onNode.test(path) && path !== 'runtime/tensor.ts'),
    [],
    'of those, the core has the words for tensors only',
  )
})

t.test('no global of Node is used where Node may not be imported', async (t) => {
  const globals = new Set(['process', 'Buffer', 'require', 'global', '__dirname', 'setImmediate'])
  const wrong: string[] = []
  for (const [path, text] of texts) {
    if (onNode.test(path)) continue
    const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
    const [used, own] = [new Set<string>(), new Set<string>()]
    const visit = (node: ts.Node): void => {
      if (ts.isIdentifier(node) && globals.has(node.text)) {
        const { parent } = node
        const isNamed = 'name' in parent && parent.name === node
        if (!isNamed) used.add(node.text)
        else if (!ts.isPropertyAccessExpression(parent)) own.add(node.text)
      }
      ts.forEachChild(node, visit)
    }
    visit(file)
    // A file may have a word of its own for something else.
    for (const name of used) if (!own.has(name)) wrong.push(`${path}: ${name}`)
  }
  t.same(wrong, [])
})

t.test(
  'each package is imported where it is said, and is one that the package depends on',
  async (t) => {
    const wrong = [...sources].flatMap(([path, { packages: named }]) =>
      named
        .filter((name) => !packages[folderOf(path)]?.includes(name))
        .map((name) => `${path} → ${name}`),
    )
    t.same(wrong, [])
    const { dependencies, peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
    t.same(
      Object.values(packages).flat().sort(),
      Object.keys({ ...dependencies, ...peerDependencies }).sort(),
    )
  },
)

t.test('a file is named for what it holds', async (t) => {
  const vague = /^(?:utils?|helpers?|misc|common|lib)$/
  const names = [...sources.keys()].flatMap((path) => [folderOf(path), basename(path, '.ts')])
  t.same(
    names.filter((name) => vague.test(name)),
    [],
  )
})
