import swc from '@swc/wasm-typescript'
import t from 'tap'
import { syntaxPlace } from '../src/cli/syntax.js'

function placeOf(text: string): string {
  try {
    swc.transformSync(text, { mode: 'strip-only', filename: 'net.ts' })
  } catch (error) {
    const { line, column } = syntaxPlace('net.ts', text, error).location
    return `${line}:${column}`
  }
  return 'none'
}

t.test('what does not compile is told at its line and column, tabs being one', async (t) => {
  t.equal(placeOf('const a = 1\n'), 'none')
  t.equal(placeOf('const a = (1 + ;\n'), '1:16')
  t.equal(placeOf('const a = 1\nenum A { B }\n'), '2:1')
  t.equal(placeOf('{\n  enum A { B }\n}\n'), '2:3')
  t.equal(placeOf('{\n\t\tenum A { B }\n}\n'), '2:3')
})
