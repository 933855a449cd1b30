import type { ClassLabels } from './data-source'

/**
 * Orders in which outputs may stand for classes. position: sorted, numbers by their value; value: the class
 * 3 is output 3 from 0; offset: the class 3 is the third output; shifted: the first output is for the
 * background; text: sorted as texts, 10 before 2; folded:
 * sorted as texts whatever their case, as file managers do; swapped: yes for no.
 */
export const classOrderIds = [
  'position',
  'value',
  'offset',
  'shifted',
  'text',
  'folded',
  'swapped',
] as const
export type ClassOrderId = (typeof classOrderIds)[number]

/** What is tried besides: by the names of the outputs, and what is in use where it is none of the others. */
export const triedOrderIds = [...classOrderIds, 'names', 'present'] as const

export interface ClassOrder {
  readonly id: ClassOrderId
  /** For each class of the data its output, -1 for none. */
  readonly map: readonly number[]
}

/** Names of the class that an output of one number says with a small number. */
const NO =
  /^(?:no|not? .*|non[- _].*|false|negatives?|neg|normal|healthy|benign|absent|ham|none|background|control|否|正常|健康|阴性|良性|無|いいえ)$/i

/**
 * Classes that an output can say: a number that says yes or no stands for two.
 * @param columns numbers that the output has
 */
export function outcomesOf(columns: number): number {
  return columns === 1 ? 2 : columns
}

/**
 * The orders that these classes allow, each map once, the likeliest first.
 * @param columns numbers that the model's output has
 */
export function classOrders(
  { classNames, numbers }: Pick<ClassLabels, 'classNames' | 'numbers'>,
  columns: number,
): readonly ClassOrder[] {
  const outputs = outcomesOf(columns)
  const positions = classNames.map((_, place) => place)
  const orders: ClassOrder[] = []
  if (numbers !== undefined) {
    orders.push({ id: 'value', map: numbers })
    orders.push({ id: 'offset', map: numbers.map((value) => value - 1) })
  }
  const swapped: ClassOrder = { id: 'swapped', map: positions.map((place) => 1 - place) }
  const [first = '', second = ''] = classNames
  const reversed = columns === 1 && classNames.length === 2 && NO.test(second) && !NO.test(first)
  if (reversed) orders.push(swapped)
  orders.push({ id: 'position', map: positions })
  if (outputs === classNames.length + 1)
    orders.push({ id: 'shifted', map: positions.map((place) => place + 1) })
  orders.push({ id: 'text', map: placesSortedBy(classNames, (name) => name) })
  orders.push({ id: 'folded', map: placesSortedBy(classNames, (name) => name.toLowerCase()) })
  if (outputs === 2 && classNames.length === 2) orders.push(swapped)
  const seen = new Set<string>()
  return orders.filter(({ map }) => {
    const key = map.join()
    const isNew = !seen.has(key)
    seen.add(key)
    return isNew && map.every((output) => output >= 0 && output < outputs)
  })
}

/** For each name its place when they are sorted by a form of theirs, code unit by code unit. */
function placesSortedBy(
  names: readonly string[],
  form: (name: string) => string,
): readonly number[] {
  const order = names
    .map((name, place) => ({ key: form(name), place }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.place - b.place))
  const places = names.map(() => 0)
  order.forEach(({ place }, index) => {
    places[place] = index
  })
  return places
}

/** The order that is assumed where nobody has said another one. */
export function assumedOrder(
  labels: Pick<ClassLabels, 'classNames' | 'numbers'>,
  columns: number,
): readonly number[] {
  const [first] = classOrders(labels, columns)
  return first?.map ?? labels.classNames.map((_, place) => place)
}
