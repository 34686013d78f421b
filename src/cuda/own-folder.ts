import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/** The CUDA that the provider of the wheel is for, and so the libraries that are fetched. */
export const ownCuda = 13

/** Where CUDA's libraries go that heddle fetches: a folder of the user's, for all projects. */
export function ownFolder(): string {
  const { XDG_CACHE_HOME: given = '' } = process.env
  // By the XDG specification a path that is not absolute is passed over.
  return join(isAbsolute(given) ? given : join(homedir(), '.cache'), 'heddle', `cuda-${ownCuda}`)
}
