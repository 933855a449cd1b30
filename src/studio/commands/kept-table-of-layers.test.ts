import { expect, it, vi } from 'vitest'
import type { SensitivityRequest } from '../../protocol/search-messages'
import { sensitivityTable } from '../../../testing/studio/sensitivity-table'
import { openedToSearch } from '../../../testing/studio/searched-studio'

it('what layers bear is kept once it is known, and given to the engine of the next visit', async () => {
  const asked: SensitivityRequest[] = []
  const table = sensitivityTable()
  const { commands, sensitivities, store } = await openedToSearch({
    sensitivity: async function* (request) {
      asked.push(request)
      yield await Promise.resolve({ done: 1, total: 1, layer: null })
      return table
    },
  })
  await commands.findSensitivity()
  expect(store.getState().sensitivity).toEqual({ state: 'known', table })
  expect(asked).toEqual([{ recipe: store.getState().recipe, filters: true }])
  await vi.waitFor(() => {
    expect([...sensitivities.stored.values()]).toEqual([table])
  })
  // The page is as it was, but for what its engine knows.
  const keeping = vi.spyOn(sensitivities.stored, 'set')
  await commands.startSmall()
  expect(asked[1]).toMatchObject({ filters: false, known: table })
  expect(keeping).not.toHaveBeenCalled()
})

it('what layers bear is kept anew where it is of other samples, and needs no storage', async () => {
  let key = 'table-1'
  const { commands, sensitivities, store } = await openedToSearch({
    sensitivity: async function* () {
      yield await Promise.resolve({ done: 1, total: 1, layer: null })
      return sensitivityTable({ key })
    },
  })
  const kept = () => [...sensitivities.stored.values()].map((table) => table.key)
  await commands.findSensitivity()
  key = 'table-2'
  await commands.findSensitivity()
  await vi.waitFor(() => {
    expect(kept()).toEqual(['table-2'])
  })
  key = 'table-3'
  vi.spyOn(sensitivities.storage, 'keep').mockRejectedValue(new Error('no room'))
  await commands.findSensitivity()
  expect(store.getState().sensitivity).toMatchObject({ table: { key: 'table-3' } })
  expect(kept()).toEqual(['table-2'])
})
