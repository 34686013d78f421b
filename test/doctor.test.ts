import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import t, { type Test } from 'tap'
import { linkRuntime } from '../scripts/stubs/runtime.js'
import { trialText } from '../src/cli/doctor.js'
import { styleOf } from '../src/cli/terminal.js'
import { fromKernel, fromTable } from '../src/cuda/devices.js'
import { runtimePackage } from '../src/cuda/provider-files.js'
import { nextStep } from '../src/doctor/next.js'
import type { MachineReport } from '../src/doctor/report.js'
import { findRuntime } from '../src/runtime/find.js'
import { provider, skip, stubs } from './support/cuda-stubs.js'
import { writeElf } from './support/elf.js'
import { heddle, heddleInTurn, type Json, scratch } from './support/heddle.js'
import { installed } from './support/installed.js'
import { plainNode } from './support/plain-node.js'

t.test('the doctor tells what works here, and the next step last', async (t) => {
  const line = 'doctor --cuda-folder /nowhere'
  const [machine, person] = heddleInTurn([`${line} --json`, line])
  const json: Json = JSON.parse(machine?.stdout ?? '')
  t.same([machine?.code, person?.code], [0, 0])
  t.equal(json.ok, true)
  t.match(json.node, { version: process.version, system: `${process.platform}-${process.arch}` })
  t.match(json.runtime, { version: /^1\./, path: /onnxruntime-node$/ })
  t.same(
    json.providers.map(({ provider }: Json) => provider),
    ['cpu', 'cuda', 'webgpu'],
  )
  t.match(json.providers[0], { ok: true, tf32: false })
  t.match(json.providers[1], { ok: false, problem: /./, remedy: /./ })
  // Known of Mesa's software alone, where there is any.
  const { adapter } = json.providers[2]
  if (adapter) t.same(adapter, { name: 'llvmpipe', software: true })
  t.ok(json.disk.free > 0)
  const stdout = person?.stdout ?? ''
  t.match(stdout.trim().split('\n').at(-1), `Next: ${json.next}`)
  t.match(stdout, /cpu +works\n/)
})

t.test('what WebGPU runs on is said where it is known', async (t) => {
  const style = styleOf(new PassThrough())
  const webgpu = { provider: 'webgpu', ok: true } as const
  t.equal(trialText(webgpu, style), 'works')
  t.equal(
    trialText({ ...webgpu, adapter: { name: 'llvmpipe', software: true } }, style),
    'works, on llvmpipe: the processor, no GPU',
  )
})

const works = (provider: 'cpu' | 'cuda') => ({ provider, ok: true })
const fails = { provider: 'cuda', ok: false, problem: 'it does not', remedy: 'Mend it.' } as const
const library = (name: string) => ({ name, path: `/x/${name}`, place: 'x', problem: undefined })
const whole: Omit<MachineReport, 'ok' | 'next'> = {
  node: { version: 'v20.11.0', system: 'linux-x64' },
  runtime: { version: '1.30.0', path: '/x' },
  koffi: undefined,
  nvidia: { driver: '580.65.06', devices: [] },
  cuda: {
    folder: '/x',
    missing: [],
    fits: true,
    libraries: ['libcuda.so.1', 'libcudart.so.13'].map(library),
  },
  providers: [works('cpu'), works('cuda')],
  disk: { folder: '/x', free: 1e9 },
}
const broken = { ...whole, providers: [works('cpu'), fails] }
const cuda = broken.cuda as NonNullable<MachineReport['cuda']>

t.test('the next step is the first thing that is in the way', async (t) => {
  t.match(nextStep(whole), 'nothing, all is there')
  t.equal(nextStep({ ...broken, runtime: undefined }), 'npm install onnxruntime-node')
  const noCpu = {
    provider: 'cpu',
    ok: false,
    problem: 'broken',
    remedy: 'Install it anew.',
  } as const
  t.equal(nextStep({ ...broken, providers: [noCpu, fails] }), 'Install it anew.')
  const other = { ...whole.node, system: 'darwin-arm64' }
  t.match(nextStep({ ...broken, node: other }), 'linux-x64 alone')
  const missing = { ...cuda, missing: ['libonnxruntime_providers_cuda.so'], fits: undefined }
  t.equal(nextStep({ ...broken, cuda: missing }), 'heddle cuda install')
  const libcudart = { ...library('libcudart.so.13'), path: undefined, problem: 'it was not found' }
  const without = { ...missing, libraries: [library('libcuda.so.1'), libcudart] }
  t.equal(nextStep({ ...broken, cuda: without }), 'heddle cuda install --libraries')
  const none = { driver: undefined, devices: [] }
  t.equal(nextStep({ ...broken, cuda: missing, nvidia: none }), 'heddle cuda install', 'a libcuda')
  const bare = { ...missing, libraries: [] }
  t.match(nextStep({ ...broken, cuda: bare, nvidia: none }), /^nothing, networks run on the CPU/)
  t.equal(nextStep({ ...broken, cuda: { ...cuda, fits: false } }), 'heddle cuda install')
  const old = { driver: '550.54.14', devices: [] }
  t.match(nextStep({ ...broken, nvidia: old }), /from 550\.54\.14 to 580 or later/)
  const unknown = { driver: '[N/A]', devices: [] }
  t.equal(nextStep({ ...broken, nvidia: unknown }), 'Mend it.')
  t.equal(nextStep(broken), 'Mend it.')
})

t.test('GPUs are read from nvidia-smi, or from the kernel', async (t) => {
  t.same(fromTable('580.65.06, 143771, 9.0, NVIDIA H200\n580.65.06, [N/A], 12.1, A, B\n'), {
    driver: '580.65.06',
    devices: [
      { name: 'NVIDIA H200', memory: 143771 * 2 ** 20, computeCapability: '9.0' },
      { name: 'A, B', memory: undefined, computeCapability: '12.1' },
    ],
  })
  const kernel = scratch(t, {
    version:
      'NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.65.06  Sun Jul 27\nGCC version: 12.2',
    'gpus/0000:01:00.0/information': 'Model: \t\t NVIDIA GeForce RTX 4090\nIRQ:   130\n',
  })
  t.match(fromKernel(kernel), {
    driver: '580.65.06',
    devices: [{ name: 'NVIDIA GeForce RTX 4090', memory: undefined }],
  })
  t.same(fromKernel(join(kernel, 'gpus')), { driver: undefined, devices: [] })
})

const compiler = spawnSync('cc', ['--version']).status === 0
const onLinux = {
  skip:
    (process.platform !== 'linux' || process.arch !== 'x64' || !compiler) &&
    'no C compiler on linux-x64',
}

t.test('a library that ends the process that loads it ends no doctor', onLinux, async (t) => {
  const folder = scratch(t, {
    'x.c': '#include <stdlib.h>\n__attribute__((constructor)) static void start() { abort(); }\n',
  })
  const libcudart = join(folder, 'libcudart.so.13')
  execFileSync('cc', ['-shared', '-o', libcudart, join(folder, 'x.c')])
  const own = runtimePackage(findRuntime(process.cwd())).folder as string
  symlinkSync(join(own, 'libonnxruntime.so.1'), join(folder, 'libcurand.so.10'))
  writeElf(join(folder, 'libcublas.so.13'))
  const { code, stdout } = heddle(`doctor --json --cuda-folder ${folder}`)
  t.equal(code, 0)
  const { cuda } = JSON.parse(stdout)
  const problemOf = (wanted: string): string | undefined =>
    cuda.libraries.find(({ name }: Json) => name === wanted).problem
  t.equal(problemOf('libcudart.so.13'), 'it ended the process that loaded it (SIGABRT)')
  t.equal(problemOf('libcurand.so.10'), undefined)
  t.match(problemOf('libcublas.so.13'), /^it does not load: /)
})

t.test('on stub libraries, every state of CUDA is told for what it is', { skip }, async (t) => {
  const { main, libraries } = stubbed(t)
  const doctor = (): Json => {
    const env = { LD_LIBRARY_PATH: undefined }
    const { stdout } = plainNode([main, 'doctor', '--json', '--cuda-folder', libraries], { env })
    return JSON.parse(stdout)
  }
  const all = doctor()
  t.equal(all.cuda.fits, true)
  t.ok(all.cuda.libraries.every(({ problem }: Json) => problem === undefined))
  t.match(all.providers[1].problem, 'ran on cuda and gave 0', 'the stubs compute nothing')
  for (const name of readdirSync(libraries)) {
    rmSync(join(libraries, name))
    const { next, providers, cuda } = doctor()
    t.match(providers[1].problem, name)
    t.match(cuda.libraries.find((one: Json) => one.name === name).problem, 'not found')
    t.match(
      next,
      name === 'libcuda.so.1'
        ? 'driver'
        : 'heddle cuda install --libraries; or pip install nvidia-',
    )
    fill(libraries)
  }
})

/** heddle as it is installed, and beside it an onnxruntime-node that has the provider's files. */
function stubbed(t: Test): { readonly main: string; readonly libraries: string } {
  const folder = scratch(t)
  const main = installed(folder)
  linkRuntime(join(folder, 'heddle', 'node_modules'), provider)
  const libraries = join(folder, 'libraries')
  mkdirSync(libraries)
  fill(libraries)
  return { main, libraries }
}

function fill(libraries: string): void {
  for (const from of [stubs, join(stubs, 'dnn')])
    for (const name of readdirSync(from))
      if (name.includes('.so.') && !readdirSync(libraries).includes(name))
        symlinkSync(join(from, name), join(libraries, name))
}
