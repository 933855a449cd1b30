import { expect, it, vi } from 'vitest'
import { createStudioStore } from '../store/store'
import { untilState } from './until-state'

function waiting() {
  const store = createStudioStore()
  const controller = new AbortController()
  const looks = vi.fn(({ tab }: ReturnType<typeof store.getState>) => tab === 'training')
  let isOver = false
  const wait = untilState(store, looks, controller.signal).then(() => {
    isOver = true
  })
  return { store, controller, looks, wait, isOver: () => isOver }
}

it('ends with the state that is waited for, and looks no more', async () => {
  const { isOver, looks, store, wait } = waiting()
  store.getState().setTab('weights')
  await Promise.resolve()
  expect(isOver()).toBe(false)
  store.getState().setTab('training')
  await wait
  const before = looks.mock.calls.length
  store.getState().setTab('weights')
  expect(looks).toHaveBeenCalledTimes(before)
})

it('ends at once where it is so already, or nobody waits any more', async () => {
  const { controller, isOver, wait } = waiting()
  await Promise.resolve()
  expect(isOver()).toBe(false)
  controller.abort()
  await wait
  await untilState(createStudioStore(), () => true, new AbortController().signal)
  await untilState(createStudioStore(), () => false, AbortSignal.abort())
})
