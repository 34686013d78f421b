import { u64, viewOf } from './bytes.js'

/** What stands behind an operation: so many bytes, a length of so many bytes and as much text, or two lines. */
type Argument = number | { readonly prefix: 1 | 4 | 8 } | 'lines'

/** The operations that protocols 2 to 5 write; those of 0 and 1 alone, and of extensions, are none. */
export type Opcode =
  | 'PROTO'
  | 'FRAME'
  | 'STOP'
  | 'MARK'
  | 'POP'
  | 'POP_MARK'
  | 'NONE'
  | 'NEWTRUE'
  | 'NEWFALSE'
  | 'BININT'
  | 'BININT1'
  | 'BININT2'
  | 'LONG1'
  | 'LONG4'
  | 'BINFLOAT'
  | 'BINSTRING'
  | 'SHORT_BINSTRING'
  | 'BINUNICODE'
  | 'SHORT_BINUNICODE'
  | 'BINUNICODE8'
  | 'BINBYTES'
  | 'SHORT_BINBYTES'
  | 'BINBYTES8'
  | 'BYTEARRAY8'
  | 'EMPTY_LIST'
  | 'APPEND'
  | 'APPENDS'
  | 'EMPTY_TUPLE'
  | 'TUPLE'
  | 'TUPLE1'
  | 'TUPLE2'
  | 'TUPLE3'
  | 'EMPTY_DICT'
  | 'SETITEM'
  | 'SETITEMS'
  | 'EMPTY_SET'
  | 'ADDITEMS'
  | 'FROZENSET'
  | 'BINPUT'
  | 'LONG_BINPUT'
  | 'MEMOIZE'
  | 'BINGET'
  | 'LONG_BINGET'
  | 'GLOBAL'
  | 'STACK_GLOBAL'
  | 'REDUCE'
  | 'NEWOBJ'
  | 'NEWOBJ_EX'
  | 'BUILD'
  | 'BINPERSID'

const table: Readonly<Record<Opcode, readonly [byte: number, Argument]>> = {
  PROTO: [0x80, 1],
  FRAME: [0x95, 8],
  STOP: [0x2e, 0],
  MARK: [0x28, 0],
  POP: [0x30, 0],
  POP_MARK: [0x31, 0],
  NONE: [0x4e, 0],
  NEWTRUE: [0x88, 0],
  NEWFALSE: [0x89, 0],
  BININT: [0x4a, 4],
  BININT1: [0x4b, 1],
  BININT2: [0x4d, 2],
  LONG1: [0x8a, { prefix: 1 }],
  LONG4: [0x8b, { prefix: 4 }],
  BINFLOAT: [0x47, 8],
  BINSTRING: [0x54, { prefix: 4 }],
  SHORT_BINSTRING: [0x55, { prefix: 1 }],
  BINUNICODE: [0x58, { prefix: 4 }],
  SHORT_BINUNICODE: [0x8c, { prefix: 1 }],
  BINUNICODE8: [0x8d, { prefix: 8 }],
  BINBYTES: [0x42, { prefix: 4 }],
  SHORT_BINBYTES: [0x43, { prefix: 1 }],
  BINBYTES8: [0x8e, { prefix: 8 }],
  BYTEARRAY8: [0x96, { prefix: 8 }],
  EMPTY_LIST: [0x5d, 0],
  APPEND: [0x61, 0],
  APPENDS: [0x65, 0],
  EMPTY_TUPLE: [0x29, 0],
  TUPLE: [0x74, 0],
  TUPLE1: [0x85, 0],
  TUPLE2: [0x86, 0],
  TUPLE3: [0x87, 0],
  EMPTY_DICT: [0x7d, 0],
  SETITEM: [0x73, 0],
  SETITEMS: [0x75, 0],
  EMPTY_SET: [0x8f, 0],
  ADDITEMS: [0x90, 0],
  FROZENSET: [0x91, 0],
  BINPUT: [0x71, 1],
  LONG_BINPUT: [0x72, 4],
  MEMOIZE: [0x94, 0],
  BINGET: [0x68, 1],
  LONG_BINGET: [0x6a, 4],
  GLOBAL: [0x63, 'lines'],
  STACK_GLOBAL: [0x93, 0],
  REDUCE: [0x52, 0],
  NEWOBJ: [0x81, 0],
  NEWOBJ_EX: [0x92, 0],
  BUILD: [0x62, 0],
  BINPERSID: [0x51, 0],
}

interface Known {
  readonly name: Opcode
  readonly argument: Argument
}

const byByte: (Known | undefined)[] = Array(256).fill(undefined)
for (const [name, [byte, argument]] of Object.entries(table))
  byByte[byte] = { name: name as Opcode, argument }

export interface Operation {
  readonly name: Opcode
  /** Where its argument begins: behind the length of a text. */
  readonly from: number
  readonly end: number
}

/** The longest line: a module, or a name in it. */
const longestLine = 1000

/** The operation at a place; `unknown` where there is none, `cut` where the bytes end before it does. */
export function operationAt(view: DataView, at: number): Operation | 'unknown' | 'cut' {
  if (at >= view.byteLength) return 'cut'
  const found = byByte[view.getUint8(at)]
  if (!found) return 'unknown'
  const { name, argument } = found
  if (argument === 'lines') {
    const first = endOfLine(view, at + 1)
    const second = typeof first === 'number' ? endOfLine(view, first) : first
    return typeof second === 'number' ? { name, from: at + 1, end: second } : second
  }
  if (typeof argument === 'number')
    return within(view, { name, from: at + 1, end: at + 1 + argument })
  const from = at + 1 + argument.prefix
  if (from > view.byteLength) return 'cut'
  return within(view, { name, from, end: from + lengthAt(view, at + 1, argument.prefix) })
}

function lengthAt(view: DataView, at: number, prefix: 1 | 4 | 8): number {
  if (prefix === 1) return view.getUint8(at)
  return prefix === 4 ? view.getUint32(at, true) : u64(view, at)
}

function within(view: DataView, operation: Operation): Operation | 'cut' {
  return operation.end <= view.byteLength ? operation : 'cut'
}

function endOfLine(view: DataView, from: number): number | 'unknown' | 'cut' {
  for (let at = from; at - from <= longestLine; at++) {
    if (at >= view.byteLength) return 'cut'
    if (view.getUint8(at) === 0x0a) return at + 1
  }
  return 'unknown'
}

/** Whether a pickle ends, by STOP, within the bytes that begin with it, or is broken there. */
export function isWhole(bytes: Uint8Array): boolean {
  const view = viewOf(bytes)
  for (let at = 0; ; ) {
    const operation = operationAt(view, at)
    if (typeof operation === 'string') return operation === 'unknown'
    if (operation.name === 'STOP') return true
    at = operation.end
  }
}
