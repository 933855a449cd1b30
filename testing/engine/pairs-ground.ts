/** A whole engine with pairs of pictures, for tests. */
import { drained, file, lastOf } from './drive-engine'
import { zipOf } from '../files/foreign-data'
import type { Engine } from '../../src/engine/engine'
import type { ReadingChoices } from '../../src/data/reading/reading'

/** @param holder of the engine of the test */
export function pairsGround(holder: { readonly current: Engine }) {
  return {
    open: async (model: Promise<File[]>) =>
      drained(holder.current.model.open({ files: await model })),
    attach: async (files: readonly File[], choices: ReadingChoices = {}) =>
      (await drained(holder.current.data.open({ files, choices, settings: null }))).result,
    /** Error and fit of the original on all samples of the validation split. */
    scores: async (): Promise<{ mae: number; r2: number | null; total: number }> => {
      const { events } = await drained(holder.current.measure.original())
      const { scores: found, measured, total, task } = lastOf(events, 'scores')
      if (task !== 'regression' || measured !== total) throw new Error(`${task}, ${measured}`)
      const [mae, r2] = found
      return { mae: mae?.value ?? NaN, r2: r2?.value ?? null, total }
    },
  }
}

export const pairsZip = (files: ReadonlyMap<string, Uint8Array>): File =>
  file('pairs.zip', zipOf(files))

/** What a reading takes for what should be made. */
export const targetsOf = (reading: {
  readonly controls: readonly { readonly id: string; readonly value: readonly string[] }[]
}) => reading.controls.find(({ id }) => id === 'targetsFrom')?.value
