import type { Json } from '../../../files/read-json'
import { isObject } from '../../tfjs-files/config-reader'
import { NotExact } from '../../tfjs-layers/lowering/lowered-call'
import type { Flowing, LoweredCall } from '../../tfjs-layers/lowering/lowered-call'
import type { ValueName } from '../../../graph/values'

/** Numbers that stand in a file where a tensor may stand. */
export interface Numbers {
  readonly shape: readonly number[]
  readonly values: readonly number[]
}

/** What says nothing of an operation. */
const saysNothing: ReadonlySet<string> = new Set(['name', 'trainable', 'operands'])

/** Writes down what an operation between layers computes. */
export type OperationLowering = (given: OperationCall) => Flowing | readonly Flowing[]

/** One call of an operation between layers, with what it reads and what it is told, each by its place. */
export class OperationCall {
  private readonly read = new Set<string>(saysNothing)

  constructor(readonly call: LoweredCall) {}

  /** What it reads first. */
  get x(): Flowing {
    return this.tensor(0)
  }

  get operands(): readonly Json[] {
    const { operands } = this.call.config.object
    // Whoever calls one operation twice may give it other numbers the second time.
    if (!Array.isArray(operands)) throw new NotExact('inbound_nodes')
    return operands
  }

  /** All that it reads, where it is given nothing but tensors. */
  get tensors(): readonly Flowing[] {
    return this.operands.map((_, place) => this.tensor(place))
  }

  tensor(place: number): Flowing {
    const value = this.flowing(place)
    if (value === null) throw new NotExact(`args[${place}]`)
    return value
  }

  /** null: a number, or nothing. */
  flowing(place: number): Flowing | null {
    const operand = this.operands[place] ?? null
    const input = isObject(operand) ? operand['input'] : null
    return typeof input === 'number' ? (this.call.called.inputs[input] ?? null) : null
  }

  /** null: a tensor, or nothing. */
  told(place: number): Json {
    const operand = this.operands[place] ?? null
    return isObject(operand) ? (operand['value'] ?? null) : null
  }

  /** Numbers at a place that a tensor could have. */
  numbers(place: number): Numbers {
    const found = numbersIn(this.told(place))
    if (found === null) throw new NotExact(`args[${place}]`)
    return found
  }

  /** A setting; null: nothing. */
  setting(key: string): Json {
    this.read.add(key)
    return this.call.config.object[key] ?? null
  }

  number(key: string, usual: number): number {
    const value = this.setting(key) ?? usual
    if (typeof value !== 'number' || !Number.isFinite(value)) throw new NotExact(key)
    return value
  }

  wholes(key: string): number[] {
    const value = this.setting(key)
    const list = Array.isArray(value) ? value : [value]
    return list.map((item) => {
      if (typeof item !== 'number' || !Number.isSafeInteger(item)) throw new NotExact(key)
      return item
    })
  }

  isTrue(key: string): boolean {
    return this.setting(key) === true
  }

  /** Axes of a value as the graph counts them: behind the batch, which is none of the model's own. */
  axes(key: string, rank: number = this.x.rank): number[] {
    return this.wholes(key).map((axis) => this.axis(axis, key, rank))
  }

  axis(axis: number, key: string, rank: number = this.x.rank): number {
    const place = this.call.axis(axis, rank)
    if (place < this.call.lead || place >= rank) throw new NotExact(key)
    return place
  }

  sideOf(axis: number): number {
    const side = this.call.called.shapeOf(this.x)?.[axis] ?? null
    if (side === null) throw new NotExact('shape')
    return side
  }

  constant({ shape, values }: Numbers, dtype: 'float32' | 'int32' = 'float32'): ValueName {
    return this.call.constant(shape, values, dtype)
  }

  /** @throws NotExact at a setting that nobody has looked at */
  checkAllRead(): void {
    for (const [key, value] of Object.entries(this.call.config.object))
      if (!this.read.has(key) && value !== null && value !== false && !isUsualType(key, value))
        throw new NotExact(key)
  }
}

function isUsualType(key: string, value: Json): boolean {
  return key === 'to' && value === 'float32'
}

/** A number, lists in lists of them, or an array of numpy. */
function numbersIn(value: Json): Numbers | null {
  if (typeof value === 'number' && Number.isFinite(value)) return { shape: [], values: [value] }
  if (typeof value === 'boolean') return { shape: [], values: [Number(value)] }
  if (isObject(value)) {
    const { class_name: className, config } = value
    const isArray = className === '__numpy__' || className === '__tensor__'
    return isArray && isObject(config) ? numbersIn(config['value'] ?? null) : null
  }
  if (!Array.isArray(value) || value.length === 0) return null
  const parts = value.map(numbersIn)
  const [first] = parts
  if (first === undefined || first === null) return null
  const sides = first.shape.join()
  const values: number[] = []
  for (const part of parts) {
    if (part === null || part.shape.join() !== sides) return null
    values.push(...part.values)
  }
  return { shape: [value.length, ...first.shape], values }
}
