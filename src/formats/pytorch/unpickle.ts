import { StudioError } from '../../core/errors'
import { shortText } from '../../core/short-text'
import { called, isOtherTensor, knownGlobal } from './known-globals'
import { opcodes } from './opcodes'
import { PickleBytes } from './pickle-bytes'
import { isKind } from './pickle-values'
import type { PickleStorage, PickleValue } from './pickle-values'

/** Values that a pickle may make in all; one tensor takes about forty. */
const MOST_VALUES = 10_000_000

/** A place on the stack where a list of operands begins. */
const mark = Symbol('mark')
type StackItem = PickleValue | typeof mark

/**
 * Reads a pickle of tensors without running anything in it: what it names besides tensors, their storages and plain
 * containers is refused, and so is any opcode that these do not need.
 * @param file what messages call it
 * @throws StudioError 'open/pickle-global' or 'open/pickle-tensors' naming what it asks Python for, 'open/tensor-field',
 * 'open/too-many'
 */
export function unpickle(file: string, bytes: Uint8Array): PickleValue {
  const from: PickleBytes = new PickleBytes(file, bytes)
  const machine = new PickleMachine(from)
  for (;;) {
    const opcode = from.opcode()
    if (opcode === opcodes.STOP) return machine.pop()
    const step = steps.get(opcode)
    if (step === undefined)
      from.fail('an opcode that tensors need', `0x${opcode.toString(16).padStart(2, '0')}`)
    step(machine, from)
  }
}

/** The stack and the memo of a pickle. */
class PickleMachine {
  private made = 0
  private readonly stack: StackItem[] = []
  private readonly memo = new Map<number, PickleValue>()

  constructor(private readonly from: PickleBytes) {}

  push(value: PickleValue): void {
    if (++this.made > MOST_VALUES)
      throw new StudioError('open/too-many', {
        ...{ file: this.from.file, field: 'values', found: this.made, limit: MOST_VALUES },
      })
    this.stack.push(value)
  }

  mark(): void {
    this.stack.push(mark)
  }

  pop(): PickleValue {
    const value = this.stack.pop()
    return value === undefined || value === mark ? this.from.fail('a value', 'nothing') : value
  }

  pushTuple(items: PickleValue[]): void {
    this.push({ kind: 'tuple', items })
  }

  last(count: number): PickleValue[] {
    return Array.from({ length: count }, () => this.pop()).reverse()
  }

  toMark(): PickleValue[] {
    const start = this.stack.lastIndexOf(mark)
    if (start < 0) this.from.fail('the beginning of a list', 'nothing')
    return this.stack.splice(start).filter((item) => item !== mark)
  }

  append(items: readonly PickleValue[]): void {
    const list = this.top()
    if (!isKind(list, 'list')) this.from.fail('a list', 'something else')
    for (const item of items) list.items.push(item)
  }

  set(items: readonly PickleValue[]): void {
    const dict = this.top()
    if (!isKind(dict, 'dict')) this.from.fail('a dict', 'something else')
    if (items.length % 2 !== 0) this.from.fail('keys with values', 'a key alone')
    for (let at = 0; at < items.length; at += 2)
      dict.entries.push([items[at] ?? null, items[at + 1] ?? null])
  }

  remember(place = this.memo.size): void {
    this.memo.set(place, this.top())
  }

  recall(place: number): void {
    const value = this.memo.get(place)
    this.push(value === undefined ? this.from.fail('a value of before', `none at ${place}`) : value)
  }

  global(module: PickleValue | undefined, name: PickleValue | undefined): void {
    if (typeof module !== 'string' || typeof name !== 'string')
      this.from.fail('two names', 'others')
    const full = `${module}.${name}`
    const known = knownGlobal(full)
    if (known === null)
      throw new StudioError(isOtherTensor(full) ? 'open/pickle-tensors' : 'open/pickle-global', {
        ...{ file: this.from.file, name: shortText(full) },
      })
    this.push(known)
  }

  /** ('storage', type, key, device, elements) */
  storage(id: PickleValue): PickleStorage {
    const [word, type, key, , length] = isKind(id, 'tuple') ? id.items : []
    const isWhole = typeof length === 'number' && Number.isSafeInteger(length) && length >= 0
    if (word !== 'storage' || !isKind(type, 'global') || typeof key !== 'string' || !isWhole)
      this.from.fail('a storage of tensors', 'something else')
    return { kind: 'storage', type: type.name, key, length }
  }

  call([callee, given]: readonly PickleValue[]): void {
    if (!isKind(callee, 'global') || !isKind(given, 'tuple'))
      this.from.fail('a tensor or a dict', 'something else')
    const value = called(callee, given.items)
    if (value === undefined) this.from.fail(`the arguments of ${callee.name}`, 'others')
    this.push(value)
  }

  /** Attributes of a dict, such as the versions of its modules, or of a tensor: they are no weights. */
  build(): void {
    this.pop()
    if (!isKind(this.top(), 'dict', 'tensor')) this.from.fail('attributes of a dict', 'others')
  }

  private top(): PickleValue {
    const value = this.stack.at(-1)
    return value === undefined || value === mark ? this.from.fail('a value', 'nothing') : value
  }
}

type Step = (machine: PickleMachine, from: PickleBytes) => void

const call: Step = (machine) => {
  machine.call(machine.last(2))
}
const appendAll: Step = (machine) => {
  machine.append(machine.toMark())
}
const pushList: Step = (machine) => {
  machine.push({ kind: 'list', items: [] })
}

const byName: Readonly<Record<Exclude<keyof typeof opcodes, 'STOP'>, Step>> = {
  PROTO: (_, from) => {
    const version = from.u8()
    if (version < 2 || version > 5) from.fail('protocol 2 to 5', String(version))
  },
  FRAME: (_, from) => {
    from.raw(8)
  },
  MARK: (machine) => {
    machine.mark()
  },
  POP: (machine) => {
    machine.pop()
  },
  POP_MARK: (machine) => {
    machine.toMark()
  },
  NONE: (machine) => {
    machine.push(null)
  },
  NEWTRUE: (machine) => {
    machine.push(true)
  },
  NEWFALSE: (machine) => {
    machine.push(false)
  },
  BININT: (machine, from) => {
    machine.push(from.i32())
  },
  BININT1: (machine, from) => {
    machine.push(from.u8())
  },
  BININT2: (machine, from) => {
    machine.push(from.u16())
  },
  LONG1: (machine, from) => {
    machine.push(from.long(from.u8()))
  },
  BINFLOAT: (machine, from) => {
    machine.push(from.f64())
  },
  BINUNICODE: (machine, from) => {
    machine.push(from.text(from.u32()))
  },
  SHORT_BINUNICODE: (machine, from) => {
    machine.push(from.text(from.u8()))
  },
  BINBYTES: (machine, from) => {
    machine.push(from.raw(from.u32()))
  },
  SHORT_BINBYTES: (machine, from) => {
    machine.push(from.raw(from.u8()))
  },
  EMPTY_TUPLE: (machine) => {
    machine.pushTuple([])
  },
  TUPLE1: (machine) => {
    machine.pushTuple(machine.last(1))
  },
  TUPLE2: (machine) => {
    machine.pushTuple(machine.last(2))
  },
  TUPLE3: (machine) => {
    machine.pushTuple(machine.last(3))
  },
  TUPLE: (machine) => {
    machine.pushTuple(machine.toMark())
  },
  EMPTY_LIST: pushList,
  EMPTY_SET: pushList,
  APPEND: (machine) => {
    machine.append(machine.last(1))
  },
  APPENDS: appendAll,
  ADDITEMS: appendAll,
  EMPTY_DICT: (machine) => {
    machine.push({ kind: 'dict', entries: [] })
  },
  SETITEM: (machine) => {
    machine.set(machine.last(2))
  },
  SETITEMS: (machine) => {
    machine.set(machine.toMark())
  },
  BINPUT: (machine, from) => {
    machine.remember(from.u8())
  },
  LONG_BINPUT: (machine, from) => {
    machine.remember(from.u32())
  },
  MEMOIZE: (machine) => {
    machine.remember()
  },
  BINGET: (machine, from) => {
    machine.recall(from.u8())
  },
  LONG_BINGET: (machine, from) => {
    machine.recall(from.u32())
  },
  GLOBAL: (machine, from) => {
    machine.global(from.line(), from.line())
  },
  STACK_GLOBAL: (machine) => {
    const [module, name] = machine.last(2)
    machine.global(module, name)
  },
  BINPERSID: (machine) => {
    machine.push(machine.storage(machine.pop()))
  },
  REDUCE: call,
  NEWOBJ: call,
  BUILD: (machine) => {
    machine.build()
  },
}

const steps = new Map<number, Step>(
  Object.entries(opcodes).flatMap(([name, code]) =>
    name in byName ? [[code, byName[name as keyof typeof byName]] as const] : [],
  ),
)
