import { describe, expect, it } from 'vitest'
import { passLoad } from './layer-memory'
import type { LayerLoad } from './layer-memory'
import { bytesOf, forwardPieceWithin, insteadOf, needOf, pieceWithin, slotsOf } from './run-need'
import type { RunLoad } from './run-need'

const layer = (
  name: string,
  className: string,
  inputs: readonly string[],
  output: readonly number[],
  config: LayerLoad['config'] = {},
): LayerLoad => ({ name, className, config, inputs, reads: [], output, calls: 1 })

/** 100 numbers in, 200 from a convolution, its normalisation and ReLU, 10 out. */
const chain: readonly LayerLoad[] = [
  layer('in', 'InputLayer', [], [10, 10, 1]),
  layer('conv', 'Conv2D', ['in'], [10, 10, 2]),
  layer('bn', 'BatchNormalization', ['conv'], [10, 10, 2]),
  layer('relu', 'ReLU', ['bn'], [10, 10, 2]),
  layer('flat', 'Flatten', ['relu'], [200]),
  layer('out', 'Dense', ['flat'], [10]),
]

describe('what a pass holds for one sample', () => {
  it('is what gradients keep, and twice what the operation at hand reads and writes', () => {
    // Input, convolution, normalisation with its ReLU in one, output; flattening and the ReLU are no memory.
    expect(passLoad(chain, 'fast').training).toBe(500 + 2 * 400)
    expect(passLoad(chain, 'fast').forward).toBe(800)
    expect(passLoad(chain, 'fast').largest).toBe(200)
  })

  it('is more where operators of TensorFlow.js do it, and twice that where they copy', () => {
    const [fast, sharing, copying] = (['fast', 'sharing', 'copying'] as const).map(
      (style) => passLoad(chain, style).training,
    )
    expect(sharing).toBeGreaterThan(fast ?? NaN)
    expect(copying).toBeGreaterThan(sharing ?? NaN)
  })

  it('counts what a branch waits with', () => {
    const branch = [
      layer('in', 'InputLayer', [], [100]),
      layer('a', 'Dense', ['in'], [100]),
      layer('b', 'Dense', ['a'], [100]),
      layer('c', 'Dense', ['b'], [100]),
      layer('sum', 'Add', ['a', 'c'], [100]),
    ]
    const straight = branch.slice(0, 4)
    expect(passLoad(branch, 'fast').forward).toBeGreaterThan(passLoad(straight, 'fast').forward)
  })
})

const load: RunLoad = {
  pass: { training: 1000, forward: 100, largest: 50 },
  parameters: 1_000_000,
  sample: 10,
  hooked: 0,
  teacher: null,
}
const adam = { optimizer: 'adam', momentum: 0.9 } as const
const plain = { optimizer: 'sgd', momentum: 0 } as const

describe('what a run takes', () => {
  it('is more with an optimizer that remembers more, a teacher, and hooks', () => {
    const bytes = (change: Partial<RunLoad>, settings: Parameters<typeof needOf>[1] = plain) =>
      bytesOf(needOf({ ...load, ...change }, settings), 32, 32)
    expect(slotsOf(adam)).toBe(2)
    expect(slotsOf({ ...adam, optimizer: 'sgd' })).toBe(1)
    expect(slotsOf(plain)).toBe(0)
    expect(bytes({}, adam) - bytes({})).toBeGreaterThan(4 * 4_000_000)
    const teacher = { parameters: 500_000, forward: 100, features: 0 }
    expect(bytes({ teacher }) - bytes({})).toBeGreaterThan(4 * 500_000)
    expect(bytes({ hooked: 2 })).toBeGreaterThan(bytes({}))
  })

  it('gives the largest piece that fits: one sample more does not', () => {
    const need = needOf({ ...load, parameters: 1000 }, adam)
    const room = { bytes: bytesOf(need, 20, 64) + need.perSample / 2, tensorBytes: null }
    const piece = pieceWithin(need, 64, room)
    expect(piece).toBe(20)
    expect(bytesOf(need, piece, 64)).toBeLessThanOrEqual(room.bytes)
    expect(bytesOf(need, piece + 1, 64)).toBeGreaterThan(room.bytes)
  })

  it('is the whole batch where that fits, and nothing where not one sample does', () => {
    const need = needOf(load, adam)
    const all = { bytes: bytesOf(need, 64, 64), tensorBytes: null }
    expect(pieceWithin(need, 64, all)).toBe(64)
    expect(pieceWithin(need, 64, { ...all, bytes: need.fixed })).toBe(0)
  })

  it('offers SGD without momentum where it fits and another optimizer does not', () => {
    // As many weights as ResNet-50.
    const large = { ...load, parameters: 25_600_000 }
    const room = { bytes: 1.5 * 2 ** 30, tensorBytes: null }
    const need = (settings: Parameters<typeof needOf>[1]) => needOf(large, settings)
    expect(pieceWithin(need(adam), 32, room)).toBe(0)
    expect(insteadOf(need, adam, 32, room)).toBe('plainSgd')
    expect(insteadOf(need, { ...plain, momentum: 0.9 }, 32, { ...room, bytes: 1 })).toBeNull()
    expect(insteadOf(need, plain, 32, room)).toBeNull()
    expect(insteadOf(need, adam, 32, { ...room, bytes: Infinity })).toBeNull()
  })

  it('keeps to what one tensor may have', () => {
    const need = needOf(load, adam)
    expect(pieceWithin(need, 64, { bytes: Infinity, tensorBytes: 10 * 4 * 50 })).toBe(10)
    expect(forwardPieceWithin(need, 128, { bytes: Infinity, tensorBytes: 10 * 4 * 50 })).toBe(10)
    expect(forwardPieceWithin(need, 128, { bytes: Infinity, tensorBytes: null })).toBe(128)
    expect(forwardPieceWithin(need, 128, { bytes: 0, tensorBytes: null })).toBe(1)
  })
})
