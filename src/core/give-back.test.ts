import { expect, it } from 'vitest'
import { giveBack } from './give-back'

it('leaves nothing under an array, nor under others of the same memory', () => {
  const bytes = new Uint8Array(64).fill(1)
  const floats = new Float32Array(bytes.buffer, 32)
  giveBack(floats)
  expect([bytes.length, floats.length, bytes.buffer.byteLength]).toEqual([0, 0, 0])
})

it('does nothing to what is gone, empty or shared', () => {
  const gone = new Uint8Array(4)
  giveBack(gone)
  giveBack(gone)
  giveBack(new Uint8Array(0))
  const shared = new Uint8Array(new SharedArrayBuffer(4)).fill(7)
  giveBack(shared)
  expect([...shared]).toEqual([7, 7, 7, 7])
})
