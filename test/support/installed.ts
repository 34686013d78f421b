import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** The command line of a heddle as it is installed where onnxruntime-node was left out, in `heddle` of a folder. */
export function installed(folder: string): string {
  cpSync(join(root, 'dist/src'), join(folder, 'heddle/dist/src'), { recursive: true })
  cpSync(join(root, 'package.json'), join(folder, 'heddle/package.json'))
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  for (const name of Object.keys(dependencies)) {
    const link = join(folder, 'heddle/node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), link, 'dir')
  }
  return join(folder, 'heddle/dist/src/cli/main.js')
}
