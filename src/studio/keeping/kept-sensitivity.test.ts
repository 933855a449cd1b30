// @vitest-environment node
import { beforeEach, describe, expect, it, vi } from 'vitest'
import {
  changeVersion,
  keepOnlyEverything,
  others,
  tablePlace,
} from '../../../testing/studio/everything-kept'
import { fakeLocks } from '../../../testing/studio/fake-locks'
import { sensitivityTable } from '../../../testing/studio/sensitivity-table'
import type { SensitivityTable } from '../../search/sensitivity'
import {
  MOST_CHARACTERS,
  forgetSensitivities,
  keepSensitivity,
  loadSensitivity,
} from './kept-sensitivity'
import type { SensitivityPlace } from './kept-sensitivity'

const place = (change: Partial<SensitivityPlace> = {}): SensitivityPlace => ({
  ...tablePlace,
  ...change,
})
/** One that takes so much of the room for all. */
const taking = (share: number): SensitivityTable =>
  sensitivityTable({ key: 'k'.repeat(Math.floor(share * MOST_CHARACTERS)) })

beforeEach(async () => {
  vi.stubGlobal('navigator', { locks: fakeLocks() })
  await keepOnlyEverything()
})

describe('what layers bear', () => {
  it('comes back as it was, for the same weights and data alone', async () => {
    expect(await loadSensitivity(place())).toEqual(sensitivityTable())
    for (const other of [{ model: 'model-b' }, { data: 'two' }, { trained: 'a'.repeat(64) }])
      expect(await loadSensitivity(place(other))).toBeNull()
    const ranged = sensitivityTable({
      small: [{ small: 'biases', cells: [{ as: 8, bytes: 3, distance: 0.1 }] }],
      layers: sensitivityTable().layers.map((layer) => ({
        ...layer,
        cells: layer.cells.map((cell) => ({ ...cell, range: 'mse' as const })),
        filters: { state: 'stay' as const, reason: 'follows' as const, layer: 'a' },
      })),
    })
    await keepSensitivity(place({ data: 'two' }), ranged)
    expect(await loadSensitivity(place({ data: 'two' }))).toEqual(ranged)
  })

  it.each(others)('with %s is found anew', async (_, version) => {
    await changeVersion('compression-studio.sensitivity/model-a/file/one', version)
    expect(await loadSensitivity(place())).toBeNull()
  })

  it('is found anew where nobody can read what is kept', async () => {
    const damaged = { ...sensitivityTable(), layers: [{ layer: 'dense' }] }
    await keepSensitivity(place(), damaged as unknown as SensitivityTable)
    expect(await loadSensitivity(place())).toBeNull()
  })

  it('takes so much room and no more: the oldest goes first', async () => {
    const clock = vi.spyOn(Date, 'now')
    for (const [at, data] of ['first', 'second', 'third'].entries()) {
      clock.mockReturnValue(1e15 + at)
      await keepSensitivity(place({ data }), taking(0.4))
    }
    clock.mockRestore()
    expect(await loadSensitivity(place({ data: 'first' }))).toBeNull()
    for (const data of ['second', 'third'])
      expect(await loadSensitivity(place({ data }))).not.toBeNull()
    await keepSensitivity(place({ data: 'huge' }), taking(1))
    expect(await loadSensitivity(place({ data: 'huge' }))).toBeNull()
    expect(await loadSensitivity(place({ data: 'third' }))).not.toBeNull()
  })

  it('is forgotten with its model', async () => {
    await keepSensitivity(place({ model: 'model-b' }), sensitivityTable())
    await forgetSensitivities(new Set(['model-a']))
    expect(await loadSensitivity(place())).toBeNull()
    expect(await loadSensitivity(place({ model: 'model-b' }))).not.toBeNull()
  })
})
