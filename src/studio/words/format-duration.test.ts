import { afterEach, expect, it } from 'vitest'
import { showIn } from '../i18n/languages'
import { formatDuration } from './format-duration'

afterEach(() => showIn('en'))

it.each([
  [0, '0 s', '0 秒'],
  [45_300, '45 s', '45 秒'],
  [60_000, '1 min', '1 分钟'],
  [204_000, '3 min 20 s', '3 分 20 秒'],
  [1_500_000, '25 min', '25 分钟'],
  [7_500_000, '2 h 5 min', '2 小时 5 分'],
])('%i ms is %s, or %s', async (ms, english, chinese) => {
  const told = (): string => formatDuration(ms).replaceAll('\u00a0', ' ')
  expect(told()).toBe(english)
  await showIn('zh-CN')
  expect(told()).toBe(chinese)
})
