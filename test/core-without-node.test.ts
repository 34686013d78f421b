import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { build as bundle, type Metafile } from 'esbuild'
import { compile, count, hrnetV2, print, toOnnx } from 'heddle'
import { build } from 'heddle/node'
import t from 'tap'

/** The core as a page would load it: one script without imports, and what went into it. */
async function bundled(): Promise<{
  readonly script: string
  readonly inputs: Metafile['inputs']
}> {
  const { outputFiles, metafile, warnings } = await bundle({
    stdin: { contents: "export * from 'heddle'", resolveDir: process.cwd() },
    bundle: true,
    write: false,
    metafile: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'heddle',
    // A classic script has no import.meta, and errors.ts knows it.
    logOverride: { 'empty-import-meta': 'silent' },
  })
  if (warnings.length > 0) throw new Error(warnings.map(({ text }) => text).join('\n'))
  return { script: outputFiles[0]?.text ?? '', inputs: metafile.inputs }
}

/** What pages have and the language alone does not, as far as the core asks for it. */
function page(): Record<string, unknown> {
  return createContext({ TextEncoder, TextDecoder, performance })
}

const core = bundled()
const size = { batch: 1, height: 64, width: 96 }

t.test('the core imports nothing of Node, itself or by its dependencies', async (t) => {
  const { inputs } = await core
  // What is called <runtime> is esbuild's, and in the script.
  const imports = Object.values(inputs)
    .flatMap((input) => input.imports)
    .filter(({ path }) => path !== '<runtime>')
  t.ok(imports.length > 100)
  t.same(
    imports.filter(({ path, external }) => external || isBuiltin(path)),
    [],
  )
  const inside = Object.keys(inputs).filter((path) => path.startsWith('dist/'))
  t.ok(inside.includes('dist/src/onnx/emit.js'))
  t.same(
    inside.filter((path) => /^dist\/src\/(?:runtime|files|cli)\//.test(path)),
    [],
  )
  t.ok(inside.includes('dist/src/answer/draw.js'))
  t.same(
    Object.keys(inputs).filter((path) => /jsquash|fast-png|fflate|onnxruntime/.test(path)),
    [],
    'pages decode pictures and run networks themselves',
  )
})

t.test('in a page it counts, compiles and prints as in Node', async (t) => {
  const { script } = await core
  const here = page()
  runInContext(script, here)
  t.equal(
    runInContext('typeof process + typeof Buffer + typeof require', here),
    'undefined'.repeat(3),
  )
  const text = runInContext(
    `const [net, size] = [heddle.hrnetV2(1), ${JSON.stringify(size)}]
     const { graph } = heddle.compile(net, { size })
     JSON.stringify({ counted: heddle.count(net, { size }), printed: heddle.print(graph) })`,
    here,
  )
  const { graph } = compile(hrnetV2(1), { size })
  t.same(
    JSON.parse(text),
    JSON.parse(JSON.stringify({ counted: count(hrnetV2(1), { size }), printed: print(graph) })),
  )
})

t.test('in a page it makes the bytes that Node writes', async (t) => {
  const { script } = await core
  const here = page()
  runInContext(script, here)
  const pieces: Uint8Array[] = await runInContext(
    `(async () => {
       const file = heddle.toOnnx(heddle.hrnetV2(1), { size: ${JSON.stringify(size)}, seed: 7 })
       const pieces = []
       for await (const piece of file.chunks()) pieces.push(piece)
       return pieces
     })()`,
    here,
  )
  const path = join(t.testdir(), 'net.onnx')
  const report = await build(hrnetV2(1), { output: path, size, seed: 7 })
  t.ok(Buffer.concat(pieces).equals(readFileSync(path)))
  const { bytes, nodes, parameters, passes } = toOnnx(hrnetV2(1), { size, seed: 7 })
  t.equal(bytes, report.bytes)
  t.equal(nodes, report.nodes)
  t.equal(parameters, report.parameters)
  t.same(
    passes.map(({ name, fired }) => [name, fired]),
    report.passes.map(({ name, fired }) => [name, fired]),
  )
})

t.test('in a page a picture is prepared, and its answer read and drawn, as in Node', async (t) => {
  const { script } = await core
  const here = page()
  runInContext(script, here)
  const steps = `
    const picture = { width: 6, height: 4, channels: 3, data: Uint8Array.from({ length: 72 }, (_, i) => (89 * i) % 256) }
    const input = { width: 4, height: 4 }
    const preprocessing = { format: 'float32-nchw', colours: 'rgb', ...heddle.imagenet }
    const { data, dims } = heddle.preparePicture(picture, { kind: 'segmentation', input, preprocessing })
    const answer = { kind: 'segmentation', output: 'y', gives: 'logits', labels: ['a', 'b', 'c'] }
    const read = heddle.readAnswer(answer, { data, dims }, { picture, input })
    const drawn = heddle.drawAnswer(picture, read)
    JSON.stringify([[...data], [...read.map.data], read.classes, drawn.height, [...drawn.data]])`
  const inNode = runInContext(steps, createContext({ heddle: await import('heddle'), Uint8Array }))
  const [data, classes] = JSON.parse(inNode)
  t.ok(data.length === 48 && new Set(classes).size > 1)
  t.equal(runInContext(steps, here), inNode)
})

t.test('in a page a mistake is told with its place in the page', async (t) => {
  const { script } = await core
  const here = page()
  runInContext(script, here, { filename: 'https://nets.example/heddle.js' })
  const program = `const { add, conv, image, model } = heddle
model('net', image(3), (x) => {
  const fine = conv(x, 8, { kernel: 3 })
  return { y: add(fine, conv(x, 8, { kernel: 3, stride: 2 })) }
})`
  const running = (): unknown =>
    runInContext(program, here, { filename: 'https://nets.example/page/net.js' })
  t.throws(running, {
    name: 'NetworkError',
    rule: 'sum-stride',
    location: { file: 'https://nets.example/page/net.js', line: 4, column: 15 },
  })
})
