/** A studio with a model of one’s own, and what it keeps of it. */
import { expect, vi } from 'vitest'
import { defaultRecipe } from '../../src/techniques/recipe'
import type { Answers } from './fake-answers'
import { setUp } from './fake-studio'

type Studio = Awaited<ReturnType<typeof setUp>>

/** The same file each time. */
export const own = () => new File(['{"own":1}'], 'model.json')

/** It is open, and measured as it came. */
export async function openedOwn(change: Partial<Answers> = {}): Promise<Studio> {
  const studio = await setUp(change)
  await studio.commands.openFiles([own()], 'tiny', defaultRecipe)
  await settled(studio)
  return studio
}

export async function settled({ store }: Studio): Promise<void> {
  await vi.waitFor(() => {
    expect(store.getState().phase).toBe('idle')
    expect(store.getState().tried.length).toBeGreaterThan(0)
  })
}

/** How many points are kept, of all models and data. */
export const pointsOf = (studio: Studio): number =>
  [...studio.history.stored.values()]
    .flatMap(({ onData }) => Object.values(onData))
    .reduce((sum, { tried }) => sum + tried.length, 0)
