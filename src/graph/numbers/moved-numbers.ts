import type { OpName } from '../operators'
import { axesOf, axisOf } from '../sides/sides'
import { spanOf } from '../sides/span'
import type { KnownNumbers } from './known-numbers'
import { elementAt, placesOf, stretchedTo, taken } from './number-places'
import type { NumberFacts, NumberRule } from './number-rule'

/** The same numbers in another shape. */
function handedOn(_node: unknown, { numbers: [x] }: NumberFacts): KnownNumbers | null {
  return x ?? null
}

export const movedNumbers: { readonly [Op in OpName]?: NumberRule<Op> } = {
  identity: handedOn,
  reshape: handedOn,
  squeeze: handedOn,
  unsqueeze: handedOn,
  transpose: ({ attributes: { perm } }, { numbers: [x], shape }) => {
    if (x === undefined) return null
    const from = [...(axesOf(perm, perm.length) ?? [])]
    const back = from.map((_, axis) => from.indexOf(axis))
    return { ...x, values: taken(x, shape, (places) => back.map((axis) => places[axis] ?? 0)) }
  },
  slice: ({ attributes }, { numbers: [x], shape }) => {
    if (x === undefined) return null
    const gone = axesOf(attributes.squeezed, x.shape.length)
    const spans = x.shape.map((side, axis) => {
      const at = attributes.axes.findIndex((each) => axisOf(each, x.shape.length) === axis)
      if (at < 0) return { first: 0, step: 1 }
      const [start = 0, end = null, step = 1] = [
        attributes.starts[at],
        attributes.ends[at],
        attributes.steps[at],
      ]
      return spanOf(side, start, end, step)
    })
    if (gone === null) return null
    const values = taken(x, shape, (places) => {
      const left = [...places]
      return spans.map((span, axis) => {
        const place = gone.has(axis) ? 0 : (left.shift() ?? 0)
        return span === null ? -1 : span.first + place * span.step
      })
    })
    return { ...x, values }
  },
  gather: ({ attributes }, { numbers: [table, indices], shape }) => {
    if (table === undefined || indices === undefined) return null
    const axis = axisOf(attributes.axis, table.shape.length) ?? 0
    const rank = indices.shape.length
    const values = taken(table, shape, (places) => {
      const index = elementAt(indices, places.slice(axis, axis + rank))
      const place =
        typeof index !== 'number' ? -1 : index < 0 ? index + (table.shape[axis] ?? 0) : index
      return [...places.slice(0, axis), place, ...places.slice(axis + rank)]
    })
    return { ...table, values }
  },
  concat: ({ attributes }, { numbers, shape }) => {
    const axis = axisOf(attributes.axis, shape.length) ?? 0
    const parts = numbers.flatMap((part) =>
      Array.from({ length: part?.shape[axis] ?? 0 }, (_, place) => ({ part, place })),
    )
    const dtype = commonType(numbers)
    // Of which length an unknown part is cannot be told from here.
    if (dtype === null || parts.length !== shape[axis]) return null
    const values = [...placesOf(shape)].map((places) => {
      const source = parts[places[axis] ?? 0]
      return source?.part === undefined
        ? null
        : elementAt(source.part, places.with(axis, source.place))
    })
    return { dtype, values }
  },
  stack: ({ attributes }, { numbers, shape }) => {
    const axis = axisOf(attributes.axis, shape.length) ?? 0
    const dtype = commonType(numbers)
    if (dtype === null) return null
    const values = [...placesOf(shape)].map((places) => {
      const part = numbers[places[axis] ?? 0]
      return part === undefined ? null : elementAt(part, places.toSpliced(axis, 1))
    })
    return { dtype, values }
  },
  split: ({ attributes }, { numbers: [x], shape, place }) => {
    if (x === undefined) return null
    const axis = axisOf(attributes.axis, x.shape.length) ?? 0
    const { sizes, squeeze } = attributes
    const own = squeeze ? 1 : (shape[axis] ?? 0)
    const before =
      sizes === null ? place * own : sizes.slice(0, place).reduce((sum, size) => sum + size, 0)
    const values = taken(x, shape, (places) =>
      squeeze
        ? places.toSpliced(axis, 0, before)
        : places.map((at, each) => (each === axis ? at + before : at)),
    )
    return { ...x, values }
  },
  expand: (_node, { numbers: [x], shape }) =>
    x === undefined ? null : { ...x, values: stretchedTo(x, shape) },
  tile: (_node, { numbers: [x], shape }) =>
    x === undefined
      ? null
      : {
          ...x,
          values: taken(x, shape, (places) =>
            places.map((place, axis) => place % (x.shape[axis] ?? 1)),
          ),
        },
  fill: (_node, { numbers: [, value], shape }) =>
    value === undefined ? null : { ...value, values: stretchedTo({ ...value, shape: [] }, shape) },
}

/** The type of all that are known; null where they differ or none is known. */
function commonType(numbers: NumberFacts['numbers']): KnownNumbers['dtype'] | null {
  const types = new Set(numbers.flatMap((part) => part?.dtype ?? []))
  const [dtype = null] = types
  return types.size === 1 ? dtype : null
}
