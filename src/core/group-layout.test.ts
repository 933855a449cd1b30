import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  forEachStretch,
  groupCount,
  groupOf,
  groupsOfChannels,
  groupsOfInputs,
  hasBlocks,
  oneGroup,
} from './group-layout'
import type { GroupLayout } from './group-layout'
import { elementCount } from './tensor-spec'
import type { TensorRole, TensorSpec } from './tensor-spec'

const side = fc.integer({ min: 1, max: 5 })
const sides = fc.tuple(side, side, side, side, side)

/** Layouts with a length that they divide. */
const layouts: fc.Arbitrary<{ layout: GroupLayout; length: number }> = sides.map(
  ([count, inner, block, axis, rounds]) => ({
    layout: { count, inner, block: Math.min(block, axis), axis },
    length: count * inner * axis * rounds,
  }),
)

function kernel(
  shape: readonly number[],
  channel: TensorSpec['channel'],
  role: TensorRole = 'kernel',
): TensorSpec {
  return { name: 'k', shape, dtype: 'float32', role, layerName: 'k', layerKind: 'dense', channel }
}

/** The group of each weight, counted place by place as ONNX numbers the scales of blocks. */
function onnxGroups(shape: readonly number[], axis: number, block: number): number[] {
  const after = elementCount(shape.slice(axis + 1))
  const length = shape[axis] ?? 1
  return Array.from({ length: elementCount(shape) }, (_, index) => {
    const along = Math.floor(index / after) % length
    const before = Math.floor(index / (after * length))
    return (
      (before * Math.ceil(length / block) + Math.floor(along / block)) * after + (index % after)
    )
  })
}

function groupsOf(layout: GroupLayout, length: number): number[] {
  return Array.from({ length }, (_, index) => groupOf(layout, index))
}

describe('stretches', () => {
  it('visit every weight once, in order, with its group', () => {
    fc.assert(
      fc.property(layouts, ({ layout, length }) => {
        const seen: number[] = []
        forEachStretch(layout, length, ({ start, end, first, count, run }) => {
          expect(start).toBe(seen.length)
          for (let i = start; i < end;)
            for (let group = first; group < first + count; group++)
              for (const stop = i + run; i < stop; i++) seen.push(group)
        })
        expect(seen).toEqual(groupsOf(layout, length))
        expect(new Set(seen).size).toBe(groupCount(layout, length))
      }),
      { seed: 5, numRuns: 300 },
    )
  })

  it('of one group are one run, of channels one stretch', () => {
    const visits: object[] = []
    forEachStretch(oneGroup(12), 12, (stretch) => visits.push(stretch))
    forEachStretch(groupsOfChannels({ count: 3, inner: 2 }, 12), 12, (s) => visits.push(s))
    expect(visits).toEqual([
      { start: 0, end: 12, first: 0, count: 1, run: 12 },
      { start: 0, end: 12, first: 0, count: 3, run: 2 },
    ])
    forEachStretch(oneGroup(0), 0, () => {
      throw new Error('nothing to visit')
    })
  })
})

describe('groups of channels', () => {
  it('are the channels', () => {
    const layout = groupsOfChannels({ count: 4, inner: 3 }, 24)
    expect(groupsOf(layout, 24)).toEqual(
      Array.from({ length: 24 }, (_, index) => Math.floor(index / 3) % 4),
    )
    expect(hasBlocks(layout)).toBe(false)
  })
})

describe('groups of 16 inputs', () => {
  it.each([
    ['dense', kernel([20, 3], { count: 3, inner: 1 }), 0],
    ['dense, rows are outputs', kernel([3, 20], { count: 3, inner: 20 }), 1],
    ['HWIO', kernel([3, 2, 20, 5], { count: 5, inner: 1 }), 2],
    ['OIHW', kernel([5, 20, 3, 2], { count: 5, inner: 120 }), 1],
    ['transposed', kernel([3, 2, 5, 20], { count: 5, inner: 20 }), 3],
    ['one output', kernel([2, 2, 35, 1], { count: 1, inner: 1 }), 2],
    ['one output, transposed', kernel([2, 2, 1, 35], { count: 1, inner: 35 }), 3],
    ['recurrent', kernel([20, 80], { count: 80, inner: 1 }, 'recurrentKernel'), 0],
    ['rows of a table', kernel([7, 33], { count: 7, inner: 33 }, 'embedding'), 1],
  ])('follow one another as in ONNX: %s', (_, spec, axis) => {
    const layout = groupsOfInputs(spec, 16)
    const length = elementCount(spec.shape)
    expect(groupsOf(layout, length)).toEqual(onnxGroups(spec.shape, axis, 16))
    expect(hasBlocks(layout)).toBe(true)
    expect(groupCount(layout, length)).toBe(
      (length / (spec.shape[axis] ?? 1)) * Math.ceil((spec.shape[axis] ?? 1) / 16),
    )
  })

  it.each([
    ['a depthwise kernel', kernel([3, 3, 20, 2], { count: 40, inner: 1 }, 'depthwiseKernel')],
    ['an axis that one block spans', kernel([3, 3, 16, 8], { count: 8, inner: 1 })],
    ['a vector', kernel([40], { count: 1, inner: 40 }, 'bias')],
  ])('are the channels of %s', (_, spec) => {
    const layout = groupsOfInputs(spec, 16)
    expect(layout).toEqual(groupsOfChannels(spec.channel, elementCount(spec.shape)))
  })
})
