/** A studio in which a search for the smallest file has something to find. */
import { expect, vi } from 'vitest'
import { isOn, stepOf } from '../../src/techniques/recipe'
import type { Recipe } from '../../src/techniques/recipe'
import type { Answers } from './fake-answers'
import { sample, setUp } from './fake-studio'
import { accuracy } from './test-data'

export type Searched = Awaited<ReturnType<typeof setUp>>

/** A file of the coarser settings is smaller, and has fewer samples right. */
export function figuresOf(recipe: Recipe) {
  const bits = isOn(recipe, 'quantize') ? (stepOf(recipe, 'quantize')?.config.bits ?? 8) : 32
  const pruned = isOn(recipe, 'prune')
  const lost = bits <= 2 ? 30 : pruned ? 2 : 0
  const kernels = { 32: pruned ? 24 : 40, 8: 10, 4: pruned ? 4 : 5, 2: 3 }[bits] ?? 0
  const size = { zipped: 100 + kernels, reportBytes: 30 }
  return { size, measure: accuracy(98 - lost) }
}

/** The sample is open and measured; what the engine was asked for so far is forgotten. */
export async function openedToSearch(
  change: Partial<Answers> = {},
  now?: () => number,
): Promise<Searched> {
  const studio = await setUp(
    { try: (recipe) => Promise.resolve(figuresOf(recipe)), ...change },
    now,
  )
  await studio.commands.openSample(sample)
  await vi.waitFor(() => {
    expect(studio.store.getState().phase).toBe('idle')
    expect(studio.store.getState().tried).toHaveLength(1)
  })
  studio.engine.calls.length = 0
  return studio
}

export const status = ({ store }: Searched) => store.getState().makeSmall
