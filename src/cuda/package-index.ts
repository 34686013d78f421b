import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { InputError } from '../errors.js'

/** Where wheels are looked for if nothing else is said: the public index of Python packages. */
export const publicIndex = 'https://pypi.org/simple'

/** A wheel that an index has. */
export interface IndexedWheel {
  readonly filename: string
  readonly url: string
  /** As the index states it, in hexadecimal digits. */
  readonly sha256: string
  /** In bytes, where the index states it. */
  readonly size?: number
}

/** A file of a project, as an index lists it. */
export interface IndexFile {
  readonly filename: string
  readonly url: string
  readonly hashes?: { readonly sha256?: string }
  readonly size?: unknown
  /** Withdrawn; where it is a text, for that reason. */
  readonly yanked?: boolean | string
}

/** A wheel that is wanted of an index, and the words for where it cannot be had. */
export interface WantedWheel {
  readonly project: string
  /** It, in words. */
  readonly what: string
  /** The one among the files of its project. */
  pick(files: readonly IndexFile[]): IndexFile | undefined
  /** What to do where the index has none such. */
  readonly absent: string
  /** What else brings it: a sentence. */
  readonly otherwise: string
}

/**
 * Asks an index, in the JSON form of its simple pages (PEP 691), for a wheel.
 * @throws {InputError} where it cannot be asked, or has none.
 */
export async function findWheel(
  index: string,
  { project, what, pick, absent, otherwise }: WantedWheel,
  signal?: AbortSignal,
): Promise<IndexedWheel> {
  const url = new URL(`${addressOf(index).href.replace(/\/*$/, '')}/${project}/`)
  const response = await get(url, otherwise, signal, {
    accept: 'application/vnd.pypi.simple.v1+json',
  })
  const from = new URL(response.url)
  if (!isGuarded(from))
    throw new InputError({
      problem: `${shown(url)} leads to ${shown(from)}, in the open`,
      remedy: `Name another by --index. ${otherwise}`,
    })
  const body = await response.text().catch((error: Error) => {
    signal?.throwIfAborted()
    throw new InputError(
      {
        problem: `${shown(url)} breaks off: ${error.message}`,
        remedy: `Try again. ${otherwise}`,
      },
      { cause: error },
    )
  })
  const files = filesOf(body)
  if (!files)
    throw new InputError({
      problem: `${shown(url)} answers with ${response.headers.get('content-type') ?? 'no type'}, and not with the JSON of a Python package index (PEP 691)`,
      remedy: `Name another by --index. ${otherwise}`,
    })
  const wheel = pick(files)
  if (!wheel)
    throw new InputError({
      problem: `${shown(url)} has ${files.length} files, and none of them is ${what}`,
      remedy: absent,
    })
  const { filename, hashes, size } = wheel
  if (!hashes?.sha256)
    throw new InputError({
      problem: `${shown(url)} states no SHA-256 digest of ${filename}`,
      remedy: 'Name another index by --index.',
    })
  if (!URL.canParse(wheel.url, response.url))
    throw new InputError({
      problem: `${shown(url)} states ${wheel.url}, which is no address, for ${filename}`,
      remedy: 'Name another index by --index.',
    })
  const place = new URL(wheel.url, response.url)
  // What the index is asked with, its files are too: never in the open where it was not.
  if (place.origin === url.origin && !place.username)
    Object.assign(place, { username: url.username, password: url.password })
  return {
    filename,
    url: place.href,
    sha256: hashes.sha256,
    ...(typeof size === 'number' ? { size } : {}),
  }
}

function filesOf(body: string): readonly IndexFile[] | undefined {
  try {
    const { files } = JSON.parse(body)
    return Array.isArray(files) ? files.filter(isFile) : undefined
  } catch {
    return undefined
  }
}

/** A name becomes that of a file here: one with folders in it would lead elsewhere. */
function isFile(value: unknown): value is IndexFile {
  const { filename, url } = (value ?? {}) as Readonly<Record<string, unknown>>
  return typeof filename === 'string' && typeof url === 'string' && basename(filename) === filename
}

/**
 * The bytes of a wheel as they come; the last is followed by an error where they are not those that the index states.
 */
export async function* download(
  { filename, url, sha256, size }: IndexedWheel,
  otherwise: string,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { body } = await get(new URL(url), otherwise, signal)
  const hash = createHash('sha256')
  let done = 0
  const wrong = (problem: string, cause?: unknown): InputError =>
    new InputError(
      {
        problem: `${filename} was not fetched whole: ${problem}`,
        remedy: `Try again. ${otherwise}`,
      },
      { cause },
    )
  const ended = (cause?: unknown): InputError =>
    wrong(`the connection ended at byte ${done}${size === undefined ? '' : ` of ${size}`}`, cause)
  try {
    for await (const chunk of body ?? []) {
      done += chunk.length
      if (done > (size ?? done)) break
      hash.update(chunk)
      yield chunk
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw ended(error)
  }
  if (done < (size ?? done)) throw ended()
  if (done > (size ?? done)) throw wrong(`it has more than the ${size} bytes that the index states`)
  const found = hash.digest('hex')
  if (found !== sha256)
    throw wrong(
      `its ${done} bytes have the SHA-256 digest ${found}, and the index states ${sha256}`,
    )
}

/** An index may be asked in the open only on this machine: whoever sits between could send anything. */
function addressOf(index: string): URL {
  const url = URL.canParse(index) ? new URL(index) : undefined
  if (url && isGuarded(url)) return url
  throw new InputError({
    problem: `the index is ${url ? shown(url) : index}`,
    remedy: `It is an address that begins with https://, as ${publicIndex}.`,
  })
}

function isGuarded({ protocol, hostname }: URL): boolean {
  const here = ['127.0.0.1', '[::1]', 'localhost'].includes(hostname)
  return protocol === 'https:' || (protocol === 'http:' && here)
}

/** An address without the user's name and password. */
function shown({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname}`
}

/** `fetch` takes no name and password in an address; they go into a header. */
async function get(
  url: URL,
  otherwise: string,
  signal: AbortSignal | undefined,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const { username, password } = url
  const bare = new URL(url)
  Object.assign(bare, { username: '', password: '' })
  const refused = (problem: string, cause?: unknown): InputError =>
    new InputError(
      { problem: `${shown(url)} ${problem}`, remedy: `${proxyWords()}${otherwise}` },
      { cause },
    )
  let response: Response
  try {
    const secret = [username, password].map(decodeURIComponent).join(':')
    response = await fetch(bare, {
      headers: {
        ...headers,
        ...(username ? { authorization: `Basic ${Buffer.from(secret).toString('base64')}` } : {}),
      },
      ...(signal ? { signal } : {}),
    })
  } catch (error) {
    signal?.throwIfAborted()
    const { cause } = error as Error
    throw refused(
      `cannot be reached: ${cause instanceof Error ? cause.message : (error as Error).message}`,
      error,
    )
  }
  if (!response.ok) throw refused(`answers with ${response.status} ${response.statusText}`.trim())
  return response
}

/** Node's `fetch` does not look at the variables that other programs take a proxy from, unless it is told to. */
function proxyWords(): string {
  const { HTTPS_PROXY, https_proxy, NODE_USE_ENV_PROXY } = process.env
  return (HTTPS_PROXY ?? https_proxy) && !NODE_USE_ENV_PROXY
    ? 'There is a proxy in HTTPS_PROXY: Node takes it with NODE_USE_ENV_PROXY=1, from 22.21 and 24 on. '
    : 'Check the network. '
}
