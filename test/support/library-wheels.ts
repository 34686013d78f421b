import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { zipSync } from 'fflate'
import type { Test } from 'tap'
import { type ElfOptions, elf } from './elf.js'

export interface LibraryWheel {
  readonly filename: string
  readonly bytes: Uint8Array
}

/** A wheel of NVIDIA's, as small as it can be: libraries that say what they need, and a licence. */
export function libraryWheel(
  project: string,
  version: string,
  libraries: Readonly<Record<string, ElfOptions>>,
  digest?: string,
): LibraryWheel {
  const name = project.replaceAll('-', '_')
  const info = `${name}-${version}.dist-info`
  const text = new TextEncoder()
  const files: Record<string, Uint8Array> = {
    'nvidia/cu13/include/header.h': text.encode('int x;'),
    ...Object.fromEntries(
      Object.entries(libraries).map(([each, words]) => [
        `nvidia/cu13/lib/${each}`,
        elf({ name: each, ...words }),
      ]),
    ),
    [`${info}/licenses/License.txt`]: text.encode('take care'),
    [`${info}/METADATA`]: text.encode(
      `Name: ${project}\nVersion: ${version}\nLicense-Expression: LicenseRef-Test\n\n`,
    ),
  }
  const record = Object.entries(files).map(([each, content]) => {
    const found = digest ?? createHash('sha256').update(content).digest('base64url')
    return `${each},sha256=${found},${content.length}\n`
  })
  const bytes = zipSync({ ...files, [`${info}/RECORD`]: text.encode(record.join('')) })
  return { filename: `${name}-${version}-py3-none-manylinux_2_17_x86_64.whl`, bytes }
}

export interface LibraryIndex {
  readonly url: string
  /** What was asked for, in order. */
  readonly asked: readonly string[]
}

/** A Python package index on this machine that has these wheels, until the test ends. */
export async function libraryIndex(
  t: Test,
  wheels: readonly LibraryWheel[],
  stated: { readonly sha256?: string | undefined; readonly size?: number } = {},
): Promise<LibraryIndex> {
  const asked: string[] = []
  const server = createServer(({ url = '' }, response) => {
    asked.push(url)
    const file = wheels.find(({ filename }) => url === `/files/${filename}`)
    if (file) return void response.end(file.bytes)
    const listed = wheels.filter(({ filename }) =>
      url.endsWith(`/simple/${filename.split('-')[0]?.replaceAll('_', '-')}/`),
    )
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify({
        files: listed.map(({ filename, bytes }) => ({
          filename,
          url: `/files/${filename}`,
          hashes: { sha256: stated.sha256 ?? createHash('sha256').update(bytes).digest('hex') },
          size: stated.size ?? bytes.length,
        })),
      }),
    )
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple`, asked }
}
