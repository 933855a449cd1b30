import { expect, it } from 'vitest'
import { InOrder } from './in-order'

const of = (value: number): Float32Array => Float32Array.of(value)

it('hands on what comes in any order in the order of the samples, one after the other', async () => {
  const log: string[] = []
  const done = new InOrder(4, async ([value], from, to) => {
    log.push(`${from}-${to}: ${value} in`)
    await Promise.resolve()
    log.push(`${from}-${to} out`)
  })
  await done.put(of(3), { from: 9, to: 12 })
  expect(log).toEqual([])
  const [second, first] = [done.put(of(2), { from: 6, to: 9 }), done.put(of(1), { from: 4, to: 6 })]
  await Promise.all([first, second])
  expect(log).toEqual([
    ...['4-6: 1 in', '4-6 out', '6-9: 2 in', '6-9 out', '9-12: 3 in', '9-12 out'],
  ])
})

it('ends whoever waits with what it is handed on to throws', async () => {
  const done = new InOrder(0, () => Promise.reject(new RangeError('full')))
  await expect(done.put(of(1), { from: 0, to: 1 })).rejects.toThrow('full')
})
