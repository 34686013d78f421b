import { viewOf } from './bytes.js'
import { damaged, saveStateDict } from './damaged.js'
import { globalOf, isModule } from './globals.js'
import { type Opcode, type Operation, operationAt } from './pickle-opcodes.js'
import { type Global, opaque, type Pickled, type Storage } from './pickled.js'
import { printName } from './place.js'
import { isList, ofKind, storageOf } from './rebuild.js'

/** What a pickle may build, in bytes as they are reckoned below. A network of 2,000 tensors takes 2 MB. */
const budget = 2 ** 27
/** Longer texts are no keys or names. */
const longestText = 2 ** 16

/** A pickle, and what may stand behind it; `at` is where it begins in the file. */
export interface PickleBytes {
  readonly source: { readonly name: string }
  readonly bytes: Uint8Array
  readonly at: number
}

export interface Unpickled {
  readonly value: Pickled
  /** Where it ends in its bytes. */
  readonly end: number
  /** What it says of storages, each time that it does. */
  readonly storages: readonly Storage[]
}

/**
 * What a pickle says. A pickle is a program; here it can build lists, dictionaries,
 * numbers and texts, and name what `globals.ts` lists. No function of anybody's is called, any other name is an
 * error as soon as it is read, and what is built is bounded by a budget that each operation draws on.
 */
export function unpickle({ source, bytes, at: origin }: PickleBytes): Unpickled {
  const view = viewOf(bytes)
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const stack: Pickled[] = []
  const marks: number[] = []
  const storages: Storage[] = []
  const memo = new Map<number, Pickled>()
  let at = 0
  let spent = 0

  const wrong = (problem: string, remedy?: string): Error =>
    damaged(source, `${problem}, at byte ${origin + at} of the file`, remedy)
  const spend = (size: number): void => {
    spent += size
    if (spent > budget)
      throw wrong(
        `the pickle builds more than ${budget / 2 ** 20} MiB, beside its tensors`,
        saveStateDict,
      )
  }
  const push = (value: Pickled, size = 8): void => {
    spend(size)
    stack.push(value)
  }
  const pop = (): Pickled => {
    if (stack.length <= (marks.at(-1) ?? 0)) throw wrong('a value is taken where there is none')
    return stack.pop() as Pickled
  }
  const top = (): Pickled => {
    const value = pop()
    stack.push(value)
    return value
  }
  const popToMark = (): Pickled[] => {
    const mark = marks.pop()
    if (mark === undefined) throw wrong('a list ends where none began')
    return stack.splice(mark)
  }
  const pushTuple = (items: Pickled[]): void => push(items, 64 + 8 * items.length)
  const text = ({ from, end }: Operation): Pickled => {
    const length = end - from
    if (length > longestText) return opaque
    spend(32 + 2 * length)
    try {
      return decoder.decode(bytes.subarray(from, end))
    } catch {
      throw wrong('a text that is not UTF-8')
    }
  }
  const integer = ({ from, end }: Operation): Pickled => {
    if (end - from > 8) return opaque
    // The last byte has the sign.
    let value = end > from ? view.getInt8(end - 1) : 0
    for (let i = end - 2; i >= from; i--) value = value * 256 + (bytes[i] as number)
    return Number.isSafeInteger(value) ? value : opaque
  }
  const remember = (place: number): void => {
    spend(48)
    memo.set(place, top())
  }
  const recall = (place: number): void => {
    const value = memo.get(place)
    if (value === undefined) throw wrong(`value ${place} is used before it is there`)
    push(value)
  }
  const global = (name: string): Global => {
    const known = globalOf(name)
    if (known) return known
    throw isModule(name)
      ? wrong(`a whole module is pickled (${printName(name)}), not its tensors`, saveStateDict)
      : wrong(
          `the pickle asks for ${printName(name)}, which is none of the names that heddle allows`,
          saveStateDict,
        )
  }
  const callWith = (args: Pickled): void => {
    const callee = ofKind(pop(), 'global')
    if (!callee?.call) throw wrong('what is called is no function')
    if (!isList(args)) throw wrong(`${callee.name} is called without a list of arguments`)
    spend(256 + args.reduce<number>((sum, arg) => sum + 48 * lengthOf(arg), 0))
    stack.push(callee.call(args, wrong))
  }
  const append = (items: readonly Pickled[]): void => {
    const list = top()
    if (list === opaque) return
    if (!isList(list)) throw wrong('items are added to what is no list')
    spend(16 * items.length)
    for (const item of items) (list as Pickled[]).push(item)
  }
  const setItems = (items: readonly Pickled[]): void => {
    const map = top()
    if (items.length % 2 === 1) throw wrong('a key without a value')
    if (map === opaque) return
    if (!(map instanceof Map)) throw wrong('keys are set in what is no dictionary')
    spend(24 * items.length)
    for (let i = 0; i < items.length; i += 2) map.set(items[i] as Pickled, items[i + 1] as Pickled)
  }

  const actions: Readonly<Record<Opcode, (operation: Operation) => void>> = {
    PROTO: ({ from }) => {
      const protocol = view.getUint8(from)
      if (protocol < 2 || protocol > 5)
        throw wrong(`the pickle is of protocol ${protocol}; PyTorch writes 2 to 5`)
    },
    FRAME: () => undefined,
    STOP: () => undefined,
    MARK: () => void marks.push(stack.length),
    POP: () => void (marks.at(-1) === stack.length ? marks.pop() : pop()),
    POP_MARK: () => void popToMark(),
    NONE: () => push(null),
    NEWTRUE: () => push(true),
    NEWFALSE: () => push(false),
    BININT: ({ from }) => push(view.getInt32(from, true)),
    BININT1: ({ from }) => push(view.getUint8(from)),
    BININT2: ({ from }) => push(view.getUint16(from, true)),
    LONG1: (operation) => push(integer(operation)),
    LONG4: (operation) => push(integer(operation)),
    BINFLOAT: ({ from }) => push(view.getFloat64(from)),
    BINSTRING: (operation) => push(text(operation)),
    SHORT_BINSTRING: (operation) => push(text(operation)),
    BINUNICODE: (operation) => push(text(operation)),
    SHORT_BINUNICODE: (operation) => push(text(operation)),
    BINUNICODE8: (operation) => push(text(operation)),
    BINBYTES: () => push(opaque),
    SHORT_BINBYTES: () => push(opaque),
    BINBYTES8: () => push(opaque),
    BYTEARRAY8: () => push(opaque),
    EMPTY_LIST: () => push([], 64),
    APPEND: () => append([pop()]),
    APPENDS: () => append(popToMark()),
    EMPTY_TUPLE: () => push([], 64),
    TUPLE: () => pushTuple(popToMark()),
    TUPLE1: () => pushTuple([pop()]),
    TUPLE2: () => pushTuple([pop(), pop()].reverse()),
    TUPLE3: () => pushTuple([pop(), pop(), pop()].reverse()),
    EMPTY_DICT: () => push(new Map(), 256),
    SETITEM: () => setItems([pop(), pop()].reverse()),
    SETITEMS: () => setItems(popToMark()),
    EMPTY_SET: () => push(opaque),
    ADDITEMS: () => append(popToMark()),
    FROZENSET: () => {
      popToMark()
      push(opaque)
    },
    BINPUT: ({ from }) => remember(view.getUint8(from)),
    LONG_BINPUT: ({ from }) => remember(view.getUint32(from, true)),
    MEMOIZE: () => remember(memo.size),
    BINGET: ({ from }) => recall(view.getUint8(from)),
    LONG_BINGET: ({ from }) => recall(view.getUint32(from, true)),
    GLOBAL: ({ from, end }) => {
      const lines = new TextDecoder().decode(bytes.subarray(from, end - 1))
      push(global(lines.replace('\n', '.')))
    },
    STACK_GLOBAL: () => {
      const [name, module] = [pop(), pop()]
      if (typeof name !== 'string' || typeof module !== 'string')
        throw wrong('a name that is no text is asked for')
      push(global(`${module}.${name}`))
    },
    REDUCE: () => callWith(pop()),
    NEWOBJ: () => callWith(pop()),
    NEWOBJ_EX: () => {
      pop()
      callWith(pop())
    },
    // Attributes of an object, such as `_metadata` of a state dictionary: nobody looks at them.
    BUILD: () => {
      pop()
      top()
    },
    BINPERSID: () => {
      const storage = storageOf(pop(), wrong)
      storages.push(storage)
      push(storage, 256)
    },
  }

  for (;;) {
    const operation = operationAt(view, at)
    if (operation === 'cut') throw wrong(`the pickle is cut off: it has ${bytes.length} bytes`)
    if (operation === 'unknown')
      throw wrong(`0x${bytes[at]?.toString(16)} is no operation of a pickle of protocol 2 to 5`)
    spend(8)
    actions[operation.name](operation)
    at = operation.end
    if (operation.name === 'STOP') return { value: pop(), end: at, storages }
  }
}

function lengthOf(value: Pickled): number {
  return isList(value) ? value.length : value instanceof Map ? value.size : 1
}
