/** Gives every node and tensor of a file its name, once. */
export class Names {
  readonly #taken = new Set<string>()
  /** The first number behind each name that may still be free: thousands of layers may share one. */
  readonly #numbers = new Map<string, number>()

  /** A name as it is, which no other may have. */
  reserve(name: string): string {
    this.#taken.add(name)
    return name
  }

  /** The name itself, or with the first number behind it that makes it one of a kind. */
  unique(name: string): string {
    let free = name
    let n = this.#numbers.get(name) ?? 1
    while (this.#taken.has(free)) free = `${name}_${n++}`
    this.#numbers.set(name, n)
    return this.reserve(free)
  }
}

/** `stage3.2.branches.1` as tools that group nodes expect it: `/stage3/2/branches/1`. */
export function hierarchical(path: string): string {
  return `/${path.replaceAll('.', '/')}`
}
