import { describe, expect, it } from 'vitest'
import { casePresets } from '../../case-study/case-plan'
import {
  keepCaseLimits,
  keepReportPlace,
  keepTrainingSettings,
  keepWantedVariants,
  loadCaseLimits,
  loadReportPlace,
  loadTrainingSettings,
  loadWantedVariants,
} from './kept-settings'
import { defaultTrainingSettings } from '../../training/training-settings'

function memory() {
  const values = new Map<string, string>()
  return {
    values,
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  }
}

describe('settings that outlive the page', () => {
  it('says where the report goes; anything else counts as nobody having chosen', () => {
    const storage = memory()
    expect(loadReportPlace(storage)).toBeNull()
    keepReportPlace(storage, 'apart')
    expect(loadReportPlace(storage)).toBe('apart')
    for (const text of ['"beside"', '{', '1'])
      for (const key of storage.values.keys()) {
        storage.values.set(key, text)
        expect(loadReportPlace(storage)).toBeNull()
      }
  })

  it('keeps in how many pieces batches go; of before that choice, the model decides', () => {
    const storage = memory()
    keepTrainingSettings(storage, { ...defaultTrainingSettings, pieces: 1 })
    expect(loadTrainingSettings(storage)?.pieces).toBe(1)
    const { pieces: _, ...before } = defaultTrainingSettings
    for (const key of storage.values.keys()) storage.values.set(key, JSON.stringify(before))
    expect(loadTrainingSettings(storage)).toEqual(defaultTrainingSettings)
  })

  it('keeps which variants somebody wants; unknown ones count as nobody having chosen', () => {
    const storage = memory()
    expect(loadWantedVariants(storage)).toBeNull()
    const wanted = { wants: true, chosen: ['q4', 'fp32'] } as const
    keepWantedVariants(storage, wanted)
    expect(loadWantedVariants(storage)).toEqual(wanted)
    for (const text of ['{"wants":true,"chosen":["q5"]}', '{"wants":1}', '{', '1'])
      for (const key of storage.values.keys()) {
        storage.values.set(key, text)
        expect(loadWantedVariants(storage)).toBeNull()
      }
  })

  it('keeps limits that were changed; damaged ones are as if nobody had', () => {
    const storage = memory()
    expect(loadCaseLimits(storage)).toEqual({})
    const mobile = { ...casePresets.mobile.limits, bytes: null }
    keepCaseLimits(storage, { mobile })
    expect(loadCaseLimits(storage)).toEqual({ mobile })
    for (const text of ['{"mobile":{"bytes":-1}}', '{"moon":{}}', '{', '1'])
      for (const key of storage.values.keys()) {
        storage.values.set(key, text)
        expect(loadCaseLimits(storage)).toEqual({})
      }
  })

  it('survives storage that is forbidden', () => {
    const forbidden = {
      getItem: () => {
        throw new Error('denied')
      },
      setItem: () => {
        throw new Error('denied')
      },
      removeItem: () => {
        throw new Error('denied')
      },
    }
    keepReportPlace(forbidden, 'apart')
    expect(loadReportPlace(forbidden)).toBeNull()
  })
})
