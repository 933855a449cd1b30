/** A browser that several tabs of one process share, with an empty database. */
import 'fake-indexeddb/auto'
import { clear } from 'idb-keyval'
import { vi } from 'vitest'
import { keepSession } from '../../src/studio/keeping/kept-session'
import { listSessions } from '../../src/studio/keeping/kept-list'
import type { OpenSession } from '../../src/studio/keeping/open-place'
import { letSessionGo } from '../../src/studio/keeping/tab-locks'
import { defaultRecipe } from '../../src/techniques/recipe'
import { defaultTrainingSettings } from '../../src/training/training-settings'
import { histories } from './everything-kept'
import { fakeLocks } from './fake-locks'

export const browser: { room: { quota: number; usage: number } | null } = { room: null }
const locks = fakeLocks()

export async function freshBrowser(): Promise<void> {
  browser.room = null
  const estimate = () => Promise.resolve(browser.room ?? {})
  vi.stubGlobal('navigator', { locks, storage: { estimate } })
  vi.useFakeTimers({ toFake: ['Date'], now: 1000 })
  await clear()
  await clear(histories)
}

export function leaveBrowser(): void {
  letSessionGo()
  vi.useRealTimers()
  vi.restoreAllMocks()
}

/** Nothing that was kept needs a sample. */
export const noSample = () => Promise.reject(new Error('no sample'))

/** A model of one's own, told apart by what it holds. */
export function session(text: string, name = text): OpenSession {
  const place = {
    ...{ name, files: [new File([text], 'model.json')], parameters: 1, sampleId: null },
    ...{ recipe: defaultRecipe, origin: null, data: null, meaning: null, outputNames: null },
    wholes: [],
  }
  return { place, teacher: null, training: defaultTrainingSettings, paths: [], lesson: null }
}

/** Keeps one second after the one before. */
export async function keep(id: string, open: OpenSession) {
  vi.setSystemTime(Date.now() + 1000)
  return keepSession(id, 'mark', open)
}

export const namesListed = async () => (await listSessions()).map(({ name }) => name)

/** A lock that some living tab has. */
export function heldElsewhere(id: string): () => void {
  let free = (): void => undefined
  const held = new Promise<void>((resolve) => {
    free = resolve
  })
  void locks.request(`compression-studio.session.${id}`, () => held)
  return free
}
