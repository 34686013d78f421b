import module from 'node:module'

/**
 * Before tap in each file of `npm test`. For the sake of coverage, which is off, tap has a thread hear of every module
 * that a file loads, and writes down what it heard: a quarter to half a second a file. Told that this process is
 * written down already, and with no thread to tell, it does neither. Should tap rename what is named here, tests take
 * longer, and no more.
 */
Object.assign(globalThis, { [Symbol.for('@tapjs/processinfo.ProcessInfoNodeData')]: { files: [] } })
const { register } = module
Object.assign(module, {
  register: (...[specifier, ...rest]: Parameters<typeof register>) =>
    String(specifier).includes('/@tapjs/processinfo/') ? undefined : register(specifier, ...rest),
})

// Which named this file, by its path from this folder; no process that a test starts is to look for it.
delete process.env.NODE_OPTIONS
