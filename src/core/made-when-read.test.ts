import { expect, it } from 'vitest'
import { MadeWhenRead } from './made-when-read'

it('is made when it is first read, and is the same while somebody has it', () => {
  let count = 0
  const made = new MadeWhenRead(() => ({ count: ++count }))
  expect(made.current).toBeUndefined()
  const { value } = made
  expect(made.value).toBe(value)
  expect(made.current).toBe(value)
  expect(count).toBe(1)
})
