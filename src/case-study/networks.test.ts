import { expect, it } from 'vitest'
import { loadSeconds, networks } from './networks'

it('takes as long as the profiles of the networks say', () => {
  // 1 MB is 8 Mbit.
  expect(networks.map((network) => loadSeconds(1e6, network))).toEqual([5, 8 / 9, 0.4])
  expect(loadSeconds(0, '3g')).toBe(0)
})
