import { Worker } from 'node:worker_threads'
import t from 'tap'
import { withGraph } from '../src/build/open-graph.js'
import { compile } from '../src/compile.js'
import { RuntimeError } from '../src/errors.js'
import { targets } from '../src/targets/targets.js'

