// Required by the processes that are measured: at their end they tell what they used, on descriptor 3.
const { writeSync }: typeof import('node:fs') = require('node:fs')

process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  writeSync(3, JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1000, peak: maxRSS * 1024 }))
})
