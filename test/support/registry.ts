import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { npm } from './npm.js'

export interface Registry {
  readonly url: string
  /** The packed heddle. */
  readonly tarball: string
  /** What is in it, by path. */
  readonly files: readonly string[]
  /** Packages that were asked for and are not here. */
  readonly missed: readonly string[]
  close(): void
}

interface Packed {
  readonly name: string
  readonly version: string
  readonly filename: string
  readonly integrity: string
  readonly shasum: string
  readonly files: readonly { readonly path: string }[]
}

/**
 * A registry of this package, packed, and of what it depends on, as `npm ci` put that here: so an install from it
 * needs no network, and what is not among the dependencies is not there.
 */
export async function openRegistry(folder: string): Promise<Registry> {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Readonly<Record<string, { dev?: true; devOptional?: true }>>
  }
  const folders = Object.entries(packages)
    .filter(([, { dev, devOptional }]) => !dev && !devOptional)
    .map(([path]) => `./${path}`)
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]
  const { stdout, stderr, code } = await npm([...pack, ...folders], process.cwd())
  if (code !== 0) throw new Error(stderr)
  const packed: readonly Packed[] = JSON.parse(stdout)
  const heddle = packed[0] as Packed

  const missed: string[] = []
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '').slice(1)
    const [, file] = /^-\/(.*)$/.exec(path) ?? []
    const versions = packed.flatMap((each, i) =>
      each.name === path ? [[each, folders[i] as string] as const] : [],
    )
    if (file !== undefined) response.end(readFileSync(join(folder, file)))
    else if (versions.length > 0) response.end(JSON.stringify(document(path, versions)))
    else {
      missed.push(path)
      response.writeHead(404).end('{}')
    }
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const document = (name: string, versions: readonly (readonly [Packed, string])[]): object => ({
    name,
    'dist-tags': { latest: versions[0]?.[0].version },
    versions: Object.fromEntries(
      versions.map(([{ version, filename, integrity, shasum }, path]) => [
        version,
        {
          ...JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')),
          dist: { tarball: `${url}-/${filename}`, integrity, shasum },
        },
      ]),
    ),
  })
  return {
    url,
    tarball: join(folder, heddle.filename),
    files: heddle.files.map(({ path }) => path),
    missed,
    close: () => server.close(),
  }
}
