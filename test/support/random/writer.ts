import * as heddle from '../../../src/index.js'
import * as beyond from './beyond.js'
import { type Argument, plainOf, Term, textOf } from './term.js'

/** Where a text imports its names from. */
const modules: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  heddle,
  [new URL('./beyond.js', import.meta.url).href]: beyond,
}

/**
 * Calls the language and writes down what it calls, at once: so the network that is made and the source that is
 * printed cannot say different things.
 */
export interface Writer {
  /** An export of heddle, such as `basic`. */
  named<T>(name: string): Term<T>
  call<T>(name: string, ...given: readonly Argument[]): Term<T>
  /** Calls what a call made: `basic(8)(x)`. */
  apply<T>(made: Term, ...given: readonly Argument[]): Term<T>
  /** `scope(name, () => body)`, or `shared`. */
  within<T>(kind: 'scope' | 'shared', name: string, body: () => Term<T>): Term<T>
  /** Gives a term a name of its own in the source. */
  bind<T>(name: string, term: Term<T>): Term<T>
  /** What is bound, a line each. */
  readonly lines: readonly string[]
  imports(): readonly string[]
}

export function writer(): Writer {
  const used = new Map<string, Set<string>>()
  const lines: string[] = []
  const named = <T>(name: string): Term<T> => {
    const found = Object.entries(modules).find(([, names]) => Object.hasOwn(names, name))
    if (!found) throw new Error(`nothing is called ${name}`)
    const [module, names] = found
    used.set(module, (used.get(module) ?? new Set()).add(name))
    return new Term(names[name] as T, name)
  }
  const apply = <T>(made: Term, ...given: readonly Argument[]): Term<T> => {
    const some = given.filter((each) => each !== undefined)
    const value = (made.value as (...given: unknown[]) => T)(...some.map(plainOf))
    return new Term(value, `${made.text}(${some.map(textOf).join(', ')})`)
  }
  return {
    named,
    apply,
    call: (name, ...given) => apply(named(name), ...given),
    within<T>(kind: 'scope' | 'shared', name: string, body: () => Term<T>) {
      let inner: Term<T> | undefined
      const run = (): T => {
        inner = body()
        return inner.value
      }
      return apply(named(kind), name, new Term(run, () => `() => ${inner?.text}`))
    },
    bind(name, term) {
      lines.push(`const ${name} = ${term.text}`)
      return new Term(term.value, name)
    },
    lines,
    imports: () =>
      [...used].map(([from, names]) => `import { ${[...names].sort().join(', ')} } from '${from}'`),
  }
}
