import type * as Recharts from 'recharts'
import { beforeEach, expect, it, vi } from 'vitest'
import { chartProperties } from '../../../testing/studio/chart-properties'
import { inProviders, renderInProviders } from '../../../testing/studio/render-in-providers'
import { accuracy } from '../../../testing/studio/test-data'
import { Charts } from './charts'

const drawn = vi.hoisted(() => ({ count: 0 }))
vi.mock('recharts', async (original) => {
  const recharts = await original<typeof Recharts>()
  return {
    ...recharts,
    ResponsiveContainer: (props: Recharts.ResponsiveContainerProps) => {
      drawn.count++
      return <recharts.ResponsiveContainer {...props} />
    },
  }
})

beforeEach(() => {
  drawn.count = 0
})

it.each(['size', 'sparsity', 'weights', 'accuracy'] as const)(
  'the chart of %s is not drawn again by what it does not show',
  (tab) => {
    const shown = { ...chartProperties, tab, original: accuracy(99) }
    const { rerender } = renderInProviders(<Charts {...shown} />)
    const before = drawn.count
    expect(before).toBeGreaterThan(0)
    // As when the engine tells what it has measured, many times a second.
    const measured = tab === 'accuracy' ? {} : { original: accuracy(98) }
    rerender(inProviders(<Charts {...shown} {...measured} />))
    expect(drawn.count).toBe(before)
  },
)
