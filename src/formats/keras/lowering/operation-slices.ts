import type { Json } from '../../../files/read-json'
import { isObject } from '../../tfjs-files/config-reader'
import { NotExact } from '../../tfjs-layers/lowering/lowered-call'
import type { OperationLowering } from './operation-call'

/** `x[:, 1:3]` and the like: samples stay what they are. */

interface Taken {
  readonly start: number | null
  readonly stop: number | null
  readonly step: number
  /** One place, whose axis goes. */
  readonly isOne: boolean
}

const everything: Taken = { start: null, stop: null, step: 1, isOne: false }

const getItem: OperationLowering = (given) => {
  const { call, x } = given
  const told = given.told(1)
  const parts = Array.isArray(told) ? told : [told]
  const isNew = (part: Json): boolean => part === null
  const ellipses = parts.filter(isEllipsis).length
  const named = parts.filter((part) => !isNew(part)).length - ellipses
  // Axes that nobody names follow at the end.
  const rest = x.rank - call.lead + 1 - named
  if (ellipses > 1 || rest < 0) throw new NotExact('args[1]')
  const spread: (Json | Taken)[] = parts.flatMap((part): (Json | Taken)[] =>
    isEllipsis(part) ? Array.from({ length: rest }, () => everything) : [part],
  )
  const [first = everything, ...others] =
    ellipses === 0 ? [...spread, ...Array.from({ length: rest }, () => everything)] : spread
  if (!isWhole(first)) throw new NotExact('args[1]')
  const taken: { readonly axis: number; readonly what: Taken }[] = []
  const added: number[] = []
  let axis = call.lead
  let place = call.lead
  for (const part of others) {
    if (part === null) {
      added.push(place++)
      continue
    }
    const what = takenBy(part)
    if (!isSame(what)) taken.push({ axis, what })
    axis++
    if (!what.isOne) place++
  }
  const squeezed = taken.filter(({ what }) => what.isOne).map((one) => one.axis)
  const cut =
    taken.length === 0
      ? x
      : call.node(
          'slice',
          {
            axes: taken.map((one) => one.axis),
            starts: taken.map(({ what }) => what.start ?? (what.step < 0 ? -1 : 0)),
            ends: taken.map(({ what }) => what.stop),
            steps: taken.map(({ what }) => what.step),
            squeezed,
          },
          [x],
          x.rank - squeezed.length,
        )
  if (added.length > 0)
    return call.node('unsqueeze', { axes: added }, [cut], cut.rank + added.length)
  return cut === x ? call.node('identity', {}, [x]) : cut
}

function isEllipsis(part: Json): boolean {
  return isObject(part) && part['class_name'] === '__ellipsis__'
}

function isWhole(part: Json | Taken): boolean {
  return part !== null && isSame(takenBy(part))
}

function isSame({ start, stop, step, isOne }: Taken): boolean {
  return !isOne && (start === null || start === 0) && stop === null && step === 1
}

function takenBy(part: Json | Taken): Taken {
  if (typeof part === 'number' && Number.isSafeInteger(part))
    return { start: part, stop: part === -1 ? null : part + 1, step: 1, isOne: true }
  if (typeof part !== 'object' || part === null || Array.isArray(part))
    throw new NotExact('args[1]')
  if (part === everything) return everything
  // Keras 3 puts the three in an object of its own.
  const inner = 'config' in part && isObject(part['config']) ? part['config'] : part
  const [start, stop, step] = ['start', 'stop', 'step'].map((key) => wholeIn(inner, key))
  if (step === 0) throw new NotExact('args[1]')
  return { start: start ?? null, stop: stop ?? null, step: step ?? 1, isOne: false }
}

function wholeIn(part: object, key: string): number | null {
  const value: unknown = Reflect.get(part, key) ?? null
  if (value === null) return null
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw new NotExact('args[1]')
  return value
}

const flip: OperationLowering = (given) => {
  const axes = given.axes('axis')
  const attributes = {
    axes,
    starts: axes.map(() => -1),
    ends: axes.map(() => null),
    steps: axes.map(() => -1),
    squeezed: [],
  }
  return given.call.node('slice', attributes, [given.x])
}

/** Where each axis begins, and how many places it has; -1: all that are left. */
const sliceSizes: OperationLowering = (given) => {
  const { call, x } = given
  const [first, ...starts] = given.wholes('begin')
  const [samples, ...sizes] = given.wholes('size')
  const isSample = first === 0 && samples === -1 && starts.length === x.rank - call.lead
  if (!isSample || sizes.length !== starts.length) throw new NotExact('size')
  const attributes = {
    axes: starts.map((_, at) => call.lead + at),
    starts,
    ends: starts.map((start, at) => (sizes[at] === -1 ? null : start + (sizes[at] ?? NaN))),
    steps: starts.map(() => 1),
    squeezed: [],
  }
  return call.node('slice', attributes, [x])
}

export const slicing: readonly (readonly [string, OperationLowering])[] = [
  ['GetItem', getItem],
  ['Flip', flip],
  ['SliceSizes', sliceSizes],
]
