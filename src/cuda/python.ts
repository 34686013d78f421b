import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

/** Folders of a Python environment in which NVIDIA's wheels, and PyTorch's, have put CUDA's libraries. */
export interface PythonFolder {
  readonly folder: string
  /** How the environment was found. */
  readonly from: string
}

/** The active environments first, then the python3 on the PATH: Python is started only where its folders do not tell. */
export function* pythonFolders(): Generator<PythonFolder> {
  for (const name of ['VIRTUAL_ENV', 'CONDA_PREFIX']) {
    const prefix = process.env[name]
    if (!prefix) continue
    for (const folder of [...librariesOf(packagesOf(prefix)), ...condaFolders(prefix)])
      yield { folder, from: name }
  }
  const python = onPath('python3')
  if (!python) return
  const packages = packagesOf(dirname(dirname(python)))
  for (const folder of librariesOf(packages.length > 0 ? packages : packagesThatSays(python)))
    yield { folder, from: python }
}

/** `nvidia/cublas/lib`, `nvidia/cu13/lib` and the like, under each of the folders. */
export function librariesOf(packages: readonly string[]): readonly string[] {
  return packages.flatMap((each) =>
    foldersIn(join(each, 'nvidia')).map((wheel) => join(each, 'nvidia', wheel, 'lib')),
  )
}

/** Names in a folder; none where there is no such folder, or it may not be read. */
export function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

/** `site-packages`, and `dist-packages` as Debian has them, of the Pythons under a prefix. */
function packagesOf(prefix: string): readonly string[] {
  const roots = [prefix, join(prefix, 'local')].map((root) => join(root, 'lib'))
  return roots.flatMap((root) =>
    foldersIn(root)
      .filter((name) => /^python3/.test(name))
      .flatMap((name) => ['site-packages', 'dist-packages'].map((last) => join(root, name, last)))
      .filter(existsSync),
  )
}

function condaFolders(prefix: string): readonly string[] {
  return [join(prefix, 'lib'), join(prefix, 'targets', 'x86_64-linux', 'lib')]
}

function onPath(command: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, command))
    .find(existsSync)
}

/** A python3 that only leads to another, as pyenv's, has no folders beside it: it is asked. */
function packagesThatSays(python: string): readonly string[] {
  const { stdout } = spawnSync(
    python,
    ['-c', 'import site; print(*site.getsitepackages(), site.getusersitepackages(), sep="\\n")'],
    { encoding: 'utf8', timeout: 5000, stdio: ['ignore', 'pipe', 'ignore'] },
  )
  return (stdout ?? '').split('\n').filter((line) => line !== '')
}
