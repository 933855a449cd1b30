import { describe, expect, it } from 'vitest'
import type { WasmAllocator } from '../backend/wasm-allocator'
import { heldPiece } from './first-piece'

const MB = 2 ** 20
const need = { perSample: 20 * MB, largestTensor: 2 * MB }

/** One that has so many bytes to give, and refuses as ours does. */
function roomOf(bytes: number): WasmAllocator & { readonly taken: () => number } {
  const sizes = new Map<number, number>()
  let taken = 0
  let next = 8
  return {
    HEAPU8: new Uint8Array(0),
    _malloc: (asked) => {
      if (taken + asked > bytes) throw new RangeError('WebAssembly memory: no room')
      taken += asked
      sizes.set(next, asked)
      return next++
    },
    _free: (address) => {
      taken -= sizes.get(address) ?? 0
    },
    taken: () => taken,
  }
}

describe('the piece that there is memory for', () => {
  it.each([
    [1000 * MB, 32, 32],
    [300 * MB, 32, 8],
    [100 * MB, 4, 4],
  ])('of %i bytes, where %i samples should fit: %i', (bytes, piece, held) => {
    const room = roomOf(bytes)
    expect(heldPiece(need, piece, room)).toBe(held)
    expect(room.taken()).toBe(0)
  })

  it('is none where one sample is too many', () => {
    const large = { perSample: 200 * MB, largestTensor: 20 * MB }
    expect(heldPiece(large, 4, roomOf(150 * MB))).toBe(0)
  })

  it('is taken as it is where nobody can be asked, or where it is little', () => {
    expect(heldPiece(need, 32, null)).toBe(32)
    expect(heldPiece(need, 3, roomOf(0))).toBe(3)
  })
})
