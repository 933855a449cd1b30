import { describe, expect, it } from 'vitest'
import type { DataSettings } from '../../data/data-settings'
import type { PreparationTrial } from '../../protocol/data-messages'
import { clearlyBest, trialRows } from './trial-rows'

const settings: DataSettings = { task: 'classification', preparation: null, classMap: null }

/** One trial of three orders with so many right answers of a hundred. */
function trial(...correct: readonly number[]): PreparationTrial {
  const ids = ['value', 'text', 'shifted'] as const
  return {
    preparation: null,
    orders: correct.map((right, place) => ({
      id: ids[place] ?? 'value',
      map: [place, place + 1],
      correct: right,
      measured: 100,
    })),
    done: 1,
    total: 1,
  }
}

describe('what a search has found', () => {
  it('is sorted by accuracy; the order in use is known, assumed or chosen', () => {
    const assumed = trialRows([trial(10, 90, 40)], settings)
    expect(assumed.map(({ order }) => order.id)).toEqual(['text', 'shifted', 'value'])
    expect(assumed.map(({ inUse }) => inUse)).toEqual([false, false, true])
    const chosen = trialRows([trial(10, 90, 40)], { ...settings, classMap: [2, 3] })
    expect(chosen.map(({ inUse }) => inUse)).toEqual([false, true, false])
  })

  it('is offered only where it is better by more than chance', () => {
    expect(clearlyBest(trialRows([trial(10, 90)], settings))?.order.id).toBe('text')
    expect(clearlyBest(trialRows([trial(50, 55)], settings))).toBeNull()
    expect(clearlyBest(trialRows([trial(90, 10)], settings))).toBeNull()
    expect(clearlyBest([])).toBeNull()
  })
})
