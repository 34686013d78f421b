import t from 'tap'
import { RuntimeError } from '../src/errors.js'

const variable = 'NVIDIA_TF32_OVERRIDE'

/** As a process that has had no session on CUDA yet. */
async function fresh(
  name: string,
  environment?: string,
): Promise<(tf32?: boolean, bySession?: boolean) => () => void> {
  if (environment === undefined) delete process.env[variable]
  else process.env[variable] = environment
  const { settleTf32 } = await import(`../src/cuda/tf32.js?${name}`)
  return (tf32, bySession = false) => settleTf32({ tf32, bySession })
}

t.test('TF32 is switched off for the process, before CUDA starts', async (t) => {
  const settle = await fresh('off')
  settle(false)
  t.equal(process.env[variable], '0')
  settle(false)
  settle()
  t.throws(() => settle(true), {
    name: 'RuntimeError',
    problem: /off in this process .* to be on/,
    remedy: /another process/,
  })
})

t.test('where nothing is said it stays as it is, and then nobody can change it', async (t) => {
  const settle = await fresh('on')
  settle()
  t.equal(process.env[variable], undefined)
  settle(true)
  t.throws(() => settle(false), {
    name: 'RuntimeError',
    problem: /on in this process .* to be off/,
  })
})

t.test('the environment may forbid TF32, and no session has it then', async (t) => {
  const kept = await fresh('kept', '0')
  kept()
  t.equal(process.env[variable], '0')
  t.throws(() => kept(true), RuntimeError)
  const said = await fresh('said', '0')
  t.throws(() => said(true), {
    name: 'RuntimeError',
    remedy: /started without NVIDIA_TF32_OVERRIDE=0/,
  })
  t.equal(process.env[variable], '0')
})

t.test(
  'a session that forgoes TF32 by itself leaves the process as it is, and settles it',
  async (t) => {
    const settle = await fresh('session')
    settle(false, true)
    t.equal(process.env[variable], undefined)
    settle(true)
    t.throws(() => settle(false), { name: 'RuntimeError', remedy: /engine c-api/ })
    t.doesNotThrow(() => settle(false, true))
  },
)

t.test('what no session started CUDA with is called off', async (t) => {
  const settle = await fresh('called-off')
  const [first, second] = [settle(false), settle(false)]
  first()
  t.throws(() => settle(true), RuntimeError, 'another counts on it')
  second()
  t.equal(process.env[variable], undefined)
  settle(true)
})
