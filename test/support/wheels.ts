import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { zipSync } from 'fflate'
import type { Test } from 'tap'

/** The two files of a provider as a test has them: text, and not a whole number of anything. */
export const providerText: Readonly<Record<string, string>> = {
  'libonnxruntime_providers_shared.so': 'shared, a few bytes',
  'libonnxruntime_providers_cuda.so': 'cuda '.repeat(30_001),
}

export interface WheelWords {
  readonly version?: string
  /** The files in `onnxruntime/capi`. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  /** What RECORD says of each instead of its digest. */
  readonly digest?: string
  readonly level?: 0 | 6
}

/** A wheel of onnxruntime-gpu, as small as it can be. */
export function wheelOf({
  version = '1.30.0',
  files = providerText,
  digest,
  level = 6,
}: WheelWords = {}): Uint8Array {
  const text = new TextEncoder()
  const info = `onnxruntime_gpu-${version}.dist-info`
  const record = Object.entries(files).map(([name, content]) => {
    const found = digest ?? createHash('sha256').update(content).digest('base64url')
    return `onnxruntime/capi/${name},sha256=${found},${content.length}\n`
  })
  return zipSync(
    {
      ...Object.fromEntries(
        Object.entries(files).map(([name, content]) => [
          `onnxruntime/capi/${name}`,
          typeof content === 'string' ? text.encode(content) : content,
        ]),
      ),
      [`${info}/METADATA`]: text.encode(
        `Metadata-Version: 2.4\nName: onnxruntime-gpu\nVersion: ${version}\n\nabout\n`,
      ),
      [`${info}/RECORD`]: text.encode(`${record.join('')}${info}/RECORD,,\n`),
    },
    { level },
  )
}

export const named = (version = '1.30.0'): string =>
  `onnxruntime_gpu-${version}-cp311-cp311-manylinux_2_28_x86_64.whl`

export interface Index {
  readonly url: string
  /** What was asked for, in order, with the name and password that came with it. */
  readonly asked: readonly string[]
}

export interface IndexWords {
  readonly wheel?: Uint8Array
  readonly sha256?: string
  readonly size?: number | undefined
  /** How many bytes of the wheel are sent; then the connection is broken, or kept open for ever. */
  readonly most?: number
  readonly waits?: boolean
  /** Whether the index's page breaks off. */
  readonly breaks?: boolean
  /** What stands in place of the index's page. */
  readonly page?: string
}

/** A Python package index on this machine that has one wheel for each system, until the test ends. */
export async function packageIndex(t: Test, words: IndexWords = {}): Promise<Index> {
  const wheel = words.wheel ?? wheelOf()
  const sha256 = words.sha256 ?? createHash('sha256').update(wheel).digest('hex')
  const size = 'size' in words ? words.size : wheel.length
  const asked: string[] = []
  const server: Server = createServer((request, response) => {
    const secret = request.headers.authorization?.replace('Basic ', '')
    const who = secret === undefined ? '' : ` as ${Buffer.from(secret, 'base64')}`
    asked.push(`${request.url}${who}`)
    if (request.url === '/simple/onnxruntime-gpu/') {
      response.setHeader(
        'content-type',
        words.page === undefined ? 'application/json' : 'text/html',
      )
      const file = (filename: string): object => ({
        filename,
        url: `../../files/${filename}`,
        hashes: { sha256 },
        ...(size === undefined ? {} : { size }),
      })
      const others = [named('1.29.0'), named().replace('x86_64', 'aarch64'), named('1.30.01')]
      if (words.breaks) {
        response.setHeader('content-length', 100)
        return void response.write('{', () => setTimeout(() => response.destroy(), 20))
      }
      response.end(words.page ?? JSON.stringify({ files: [...others, named()].map(file) }))
    } else if (request.url === `/files/${named()}`) {
      response.setHeader('content-length', wheel.length)
      if (words.most === undefined) return void response.end(wheel)
      response.write(wheel.subarray(0, words.most), () => {
        if (!words.waits) setTimeout(() => response.destroy(), 20)
      })
    } else {
      response.statusCode = 404
      response.end()
    }
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple`, asked }
}
