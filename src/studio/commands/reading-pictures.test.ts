import { describe, expect, it, vi } from 'vitest'
import { StudioError } from '../../core/errors'
import type { ReadingResult, SmallPicture } from '../../protocol/data-messages'
import type { Answers } from '../../../testing/studio/fake-answers'
import { sample, setUp } from '../../../testing/studio/fake-studio'
import { dataSummary, ownFacts, tableReading } from '../../../testing/studio/test-data'

const zip = [new File(['x'], 'pets.zip')]
const picture: SmallPicture = {
  name: '1.png',
  label: 'cat',
  width: 1,
  height: 1,
  rgba: new Uint8ClampedArray(4),
}

const reads = (result: ReadingResult): Partial<Answers> => ({
  read: async function* () {
    yield await Promise.resolve({ phase: 'reading' as const, done: 0, total: 1 })
    return result
  },
})

function resultOf(format: 'images' | 'npz', pictures?: readonly SmallPicture[]): ReadingResult {
  return {
    reading: tableReading({}, { format }),
    misfit: null,
    ...(pictures === undefined ? {} : { pictures }),
  }
}

describe('the first pictures of a reading', () => {
  it('are asked for once the rest of it is shown', async () => {
    const { commands, engine, store } = await setUp({
      ...reads(resultOf('images')),
      pictures: () => [picture],
    })
    await commands.readFirst(zip)
    await vi.waitFor(() => {
      expect(store.getState().reading?.pictures).toEqual([picture])
    })
    expect(engine.calls.filter((call) => /^read|^pictures/.test(call))).toEqual([
      'read {}',
      'pictures',
    ])
  })

  it('come with arrays, and nobody asks', async () => {
    const { commands, engine, store } = await setUp(reads(resultOf('npz', [picture])))
    await commands.readFirst(zip)
    expect(store.getState().reading?.pictures).toEqual([picture])
    expect(engine.calls).not.toContain('pictures')
  })

  it('are asked for where attached arrays are looked at', async () => {
    const own = ownFacts({ reading: tableReading({}, { format: 'npz' }) })
    const { commands, store } = await setUp({
      openData: async function* () {
        yield await Promise.resolve({ phase: 'reading' as const, done: 0, total: 1 })
        return dataSummary({ own })
      },
      pictures: () => [picture],
    })
    await commands.openSample(sample)
    await commands.openData(zip)
    commands.openReading()
    await vi.waitFor(() => {
      expect(store.getState().reading?.pictures).toEqual([picture])
    })
    expect(store.getState().reading?.attachedAs).toEqual({})
  })

  it('that fail leave the reading as it is', async () => {
    const asked = vi.fn(() => {
      throw new StudioError('open/not-read', { file: 'pets.zip', reason: 'gone' })
    })
    const { commands, store } = await setUp({ ...reads(resultOf('images')), pictures: asked })
    await commands.readFirst(zip)
    await vi.waitFor(() => {
      expect(asked).toHaveBeenCalled()
    })
    expect(store.getState().reading).toMatchObject({ busy: false, error: null, pictures: [] })
  })
})
