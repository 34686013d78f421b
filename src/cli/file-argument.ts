import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { InputError } from '../errors.js'

/** A file of the user's and, after #, the export that is meant. */
export interface FileArgument {
  readonly path: string
  readonly name: string | undefined
}

/** `./my-net.ts`, `./my-net.ts#unet`: an argument that names a file; nothing where it is a zoo name. */
export function fileArgument(argument: string): FileArgument | undefined {
  if (existsSync(argument) && statSync(argument).isFile())
    return { path: argument, name: undefined }
  const [, path = argument, name] = /^(.*?)#([^#/\\]*)$/.exec(argument) ?? []
  const isFile = /[/\\]/.test(path) || /\.(?:[cm]?[jt]sx?|onnx|json)$/.test(path)
  return isFile ? { path, name } : undefined
}

/** The file, with links resolved, as stack traces name it. */
export function existingFile(path: string): string {
  const problem = (what: string, remedy: string): InputError =>
    new InputError({ problem: what, remedy })
  const full = resolve(path)
  if (!existsSync(full)) {
    const near = siblings(full)
    throw problem(
      `there is no file ${path}`,
      near.length > 0
        ? `In that folder: ${near.join(', ')}.`
        : 'A model is a zoo name (heddle models lists them) or a TypeScript file.',
    )
  }
  if (!statSync(full).isFile())
    throw problem(
      `${path} is ${statSync(full).isDirectory() ? 'a folder' : 'no file'}`,
      'Give a TypeScript file.',
    )
  if (!/\.m?[jt]s$/.test(full))
    throw problem(
      `${path} ends in none of .ts, .mts, .js and .mjs`,
      'A model of your own is a .ts or .mts file (or .js, .mjs) that exports it.',
    )
  return realpathSync(full)
}

function siblings(full: string): readonly string[] {
  try {
    return readdirSync(dirname(full))
      .filter((name) => /\.m?ts$/.test(name))
      .slice(0, 8)
  } catch {
    return []
  }
}
