/** Broken data files and the sentences that they must meet. */
import { onlyInput } from './own-data-cases'
import { expect, test } from 'vitest'
import { StudioError } from '../../src/core/errors'
import type { ErrorCode } from '../../src/core/errors'
import type { FileBundle } from '../../src/files/file-bundle'
import { requireSource } from '../../src/data/data-wishes'
import { readData } from '../../src/data/read-data'
import type { ReadingChoices } from '../../src/data/reading/reading'
import { expectNoEnglish, sentence } from './refusals'

export interface BrokenData {
  readonly name: string
  readonly files: () => FileBundle
  readonly choices?: ReadingChoices
  /** Sides of the model's input. */
  readonly input?: readonly number[]
  readonly code: ErrorCode
  readonly message: string
}

export function testDataRefusals(cases: readonly BrokenData[]): void {
  test.each(cases.map((broken) => [broken.name, broken] as const))('%s', async (_, broken) => {
    let error: unknown
    try {
      const wishes = { choices: broken.choices ?? {}, inputs: onlyInput(broken.input ?? null) }
      requireSource(await readData(broken.files(), wishes, () => Promise.resolve()))
    } catch (thrown) {
      error = thrown
    }
    if (!(error instanceof StudioError)) {
      throw error instanceof Error ? error : new Error('the data was read')
    }
    expect(sentence(error.toData())).toBe(broken.message)
    expect(error.code).toBe(broken.code)
    expectNoEnglish(error)
  })
}
