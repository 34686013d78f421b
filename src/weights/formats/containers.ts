import { damaged, saveStateDict } from './damaged.js'
import type { Pickled, Tensor, Unreadable } from './pickled.js'
import { ofKind } from './rebuild.js'

/** A dictionary of a pickle, with the tensors that stand in it themselves. */
export interface Dictionary {
  /** Its keys from the top, joined by points; `` for the top itself. */
  readonly name: string
  readonly tensors: readonly (readonly [key: string, tensor: Tensor | Unreadable])[]
}

/** How deep dictionaries of tensors are looked for. */
const deepest = 4
/** Keys that are looked at, and tensors in all: a dictionary may be there under many names. */
const [mostKeys, mostTensors] = [2 ** 22, 2 ** 17]

/** The dictionaries of tensors in a pickle, and the keys at its top under which there is none. */
export function dictionariesOf(
  source: { readonly name: string },
  top: Pickled,
): { readonly dictionaries: readonly Dictionary[]; readonly others: readonly string[] } {
  const dictionaries: Dictionary[] = []
  const used = new Set<string>()
  let [keys, count] = [0, 0]

  const visit = (value: Pickled, path: readonly string[]): void => {
    if (!(value instanceof Map) || path.length > deepest) return
    keys += 1 + value.size
    if (keys > mostKeys)
      throw damaged(source, `more than ${mostKeys} keys in its dictionaries`, saveStateDict)
    const tensors = [...stringKeys(value)].flatMap(([key, each]) => {
      const tensor = ofKind(each, 'tensor') ?? ofKind(each, 'unreadable')
      return tensor ? [[key, tensor] as const] : []
    })
    count += tensors.length
    if (count > mostTensors)
      throw damaged(source, `more than ${mostTensors} tensors in its dictionaries`, saveStateDict)
    if (tensors.length > 0) {
      dictionaries.push({ name: path.join('.'), tensors })
      used.add(path[0] ?? '')
    }
    for (const [key, each] of stringKeys(value)) visit(each, [...path, key])
  }

  visit(top, [])
  const isOther = ([key, value]: readonly [string, Pickled]): boolean =>
    !used.has(key) && !ofKind(value, 'tensor') && !ofKind(value, 'unreadable')
  const others = top instanceof Map ? [...stringKeys(top)].filter(isOther).map(([key]) => key) : []
  return { dictionaries, others }
}

function* stringKeys(map: ReadonlyMap<Pickled, Pickled>): Generator<readonly [string, Pickled]> {
  for (const [key, value] of map) if (typeof key === 'string') yield [key, value]
}
