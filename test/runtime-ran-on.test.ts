import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { aside } from './support/aside.js'
import { plainNode } from './support/plain-node.js'

t.test(
  'a convolution shows TF32 once for all sessions of the same options, and anew where it failed',
  async (t) => {
    const folder = aside(t, [])
    writeFileSync(
      join(folder, 'runtime/arithmetic.js'),
      `export const asked = []
    export async function arithmeticOn({ engine, cuda }) {
      asked.push([engine, cuda?.tf32])
      if (asked.length === 1) throw new Error('busy')
      return { version: '1', tf32: cuda?.tf32 !== false }
    }`,
    )
    const program = `
    import { asked } from './runtime/arithmetic.js'
    import { ranOn } from './runtime/ran-on.js'
    const session = (provider, engine = 'c-api') => ({ provider, engine, version: '1', cpuNodes: [] })
    const failed = await ranOn(session('cuda'), {}).catch((error) => error.message)
    const told = []
    for (const cuda of [undefined, undefined, { tf32: false }, { tf32: false }])
      told.push((await ranOn(session('cuda'), { cuda })).tf32)
    await Promise.all([1, 2].map(() => ranOn(session('cuda', 'onnxruntime-node'), {})))
    await ranOn(session('cpu'), {})
    console.log(JSON.stringify({ failed, told, asked }))`
    const { stdout } = plainNode(['--input-type=module', '-e', program], { cwd: folder })
    t.same(JSON.parse(stdout), {
      failed: 'busy',
      told: [true, true, false, false],
      asked: [
        ['c-api', null],
        ['c-api', null],
        ['c-api', false],
        ['onnxruntime-node', null],
      ],
    })
  },
)
