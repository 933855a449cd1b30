import { expect, it } from 'vitest'
import { decodeRange } from '../../core/encoded-tensor'
import type { TensorSpec } from '../../core/tensor-spec'
import { RestoredWeight } from './restored-weight'

const spec: TensorSpec = {
  ...{ name: 'fc1/kernel', shape: [100, 4], dtype: 'float32', role: 'kernel' },
  ...{ layerName: 'fc1', layerKind: 'dense', channel: { count: 4, inner: 1 } },
}

/** A form that remembers what it was asked for. */
function formOf(values: Float32Array) {
  const asked: number[] = []
  const restored = (from = 0, to = values.length): Float32Array => {
    asked.push(to - from)
    return values.slice(from, to)
  }
  return { asked, restored }
}

it('a piece of a weight is made without the rest of it', () => {
  const values = Float32Array.from({ length: 400 }, (_, at) => at)
  const { asked, restored } = formOf(values)
  const { encoded } = new RestoredWeight(spec, { restored }, new Float32Array(400))
  if (encoded === undefined) throw new Error('it is read as a whole')
  expect([...decodeRange(encoded, 8, 12)]).toEqual([8, 9, 10, 11])
  expect(Math.max(...asked)).toBe(4)
})

it('pieces are made in the room that there is for them', () => {
  const values = Float32Array.of(1, 2, 3, 4)
  const restored = (from = 0, to = 4, own?: Float32Array): Float32Array => {
    const out = own?.subarray(0, to - from) ?? new Float32Array(to - from)
    out.set(values.subarray(from, to))
    return out
  }
  const { encoded } = new RestoredWeight(spec, { restored }, new Float32Array(4))
  if (encoded === undefined) throw new Error('it is read as a whole')
  const room = new Float32Array(4)
  expect(decodeRange(encoded, 1, 3, room).buffer).toBe(room.buffer)
  expect([...room]).toEqual([2, 3, 0, 0])
})

it('read as a whole it is the same, for as long as somebody has it', () => {
  const { restored } = formOf(Float32Array.of(1, 2))
  const weight = new RestoredWeight(spec, { restored }, new Float32Array(2))
  const { values } = weight
  expect(weight.values).toBe(values)
  expect(weight.encoded?.values).toBe(values)
  expect(weight.encoded?.between?.(1, 2)[0]).toBe(2)
})

it('what a file holds as it was opened is known by its array', () => {
  const opened = Float32Array.of(1, 2)
  const restored = (from = 0, to = 2) =>
    from === 0 && to === 2 ? opened : opened.subarray(from, to)
  const weight = new RestoredWeight(spec, { restored }, opened)
  expect(weight.encoded).toBeUndefined()
  expect(weight.values).toBe(opened)
})
