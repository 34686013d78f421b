// Required by the processes that are measured: at their end they tell what they used, on descriptor 3.
const { readFileSync, writeSync }: typeof import('node:fs') = require('node:fs')

process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  const peak = 1024 * (highWater() ?? maxRSS)
  writeSync(3, JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1000, peak }))
})

/** KiB. Linux's maxRSS starts from what the process that started this one had resident: VmHWM does not. */
function highWater(): number | undefined {
  if (process.platform !== 'linux') return undefined
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return kib === undefined ? undefined : Number(kib)
}
