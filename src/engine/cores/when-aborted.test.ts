import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { whenAborted } from './when-aborted'

it('many that wait are one listener, and none stays', () => {
  const { signal } = new AbortController()
  const listeners = () => getEventListeners(signal, 'abort').length
  const leave = Array.from({ length: 32 }, () => whenAborted(signal, () => undefined))
  expect(listeners()).toBe(1)
  for (const end of leave.slice(1)) end()
  expect(listeners()).toBe(1)
  leave[0]?.()
  leave[0]?.()
  expect(listeners()).toBe(0)
  const end = whenAborted(signal, () => undefined)
  expect(listeners()).toBe(1)
  end()
  expect(listeners()).toBe(0)
})

it('who still waits leaves, each once, and whoever comes later leaves at once', () => {
  const controller = new AbortController()
  const left: string[] = []
  const [, gone] = ['a', 'b', 'c'].map((name) =>
    whenAborted(controller.signal, () => left.push(name)),
  )
  gone?.()
  controller.abort()
  expect(left).toEqual(['a', 'c'])
  whenAborted(controller.signal, () => left.push('d'))()
  controller.abort()
  expect(left).toEqual(['a', 'c', 'd'])
})
