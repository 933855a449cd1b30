import { likelyScale, rangeOfOutputs } from '../../data/target-scale'
import { joinFloats } from '../../core/join-arrays'
import type { AttachedData } from '../samples/attached-data'
import type { Toolbox } from '../work/toolbox'
import { inputsOf, runSubject } from './subject'
import type { Subject } from './subject'

/** Samples that the original is asked about; their outputs are whole pictures. */
const ASKED = 8

/**
 * The data with a scale of target pictures, guessed from what the original makes of a few samples where nobody
 * has said it. Needs the lock.
 * @throws StudioError 'data/image-...', 'engine/cancelled' or the fault of the device
 */
export async function withTargetScale(
  data: AttachedData,
  original: Subject,
  tools: Toolbox,
  signal: AbortSignal,
): Promise<AttachedData> {
  const { settings } = data.summary
  if (data.scaled === null) return data
  const split = await data.split('validation', () => undefined, signal)
  const count = Math.min(ASKED, split.count)
  const outputs: Float32Array[] = []
  const showing = { make: inputsOf(split, signal), tools, signal }
  await runSubject(showing, original, 0, count, (values) => {
    outputs.push(values)
  })
  const range = rangeOfOutputs(joinFloats(outputs))
  // Bytes as they are say whether a mask is written in 0 and 1.
  const bytes = await data
    .configured({ ...settings, targetScale: 'bytes' })
    .split('validation', () => undefined, signal)
  const samples = Uint32Array.from({ length: count }, (_, row) => row)
  const { values = new Float32Array() } = (await bytes.expected?.(samples, signal)) ?? {}
  const largest = values.reduce((most, value) => Math.max(most, value), 0)
  return data.scaled({ ...range, scale: likelyScale(range, largest) })
}
