#!/usr/bin/env node
import module from 'node:module'

// From Node 22.1 on, compiled code is kept between runs; @types/node 20 does not know it.
;(module as { enableCompileCache?: () => void }).enableCompileCache?.()

const { run } = await import('./run.js')
await run(process.argv.slice(2))
