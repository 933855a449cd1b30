import { createRandom, shuffled } from '../../core/random'
import type { MissingCalibration } from '../../techniques/statistics'
import type { DataSplit } from '../samples/attached-data'
import type { WorkGround } from './work-ground'

/** Chooses samples where a split has more than are needed. */
export const CALIBRATION_SEED = 1
/** A split that was set apart is used where it has so many; else the training split. */
const ENOUGH = 512

/** Samples that a model is shown before anything is measured on others. */
export interface CalibrationSource {
  readonly split: DataSplit
  /** SHA-256 of people's own data; null for built-in data. */
  readonly hash: string | null
  readonly dataset: string
}

/** Never of validation or test. */
export async function calibrationSource(
  { data }: Pick<WorkGround, 'data'>,
  signal: AbortSignal,
): Promise<CalibrationSource | MissingCalibration> {
  if (data === null) return 'noData'
  const { splits, name: dataset, own } = data.summary
  const countOf = (name: string): number => splits.find((one) => one.name === name)?.count ?? 0
  const [apart, train] = [countOf('calibration'), countOf('train')]
  if (apart + train === 0) return 'noSplit'
  const name = apart >= Math.min(ENOUGH, train) ? 'calibration' : 'train'
  const split = await data.split(name, () => undefined, signal)
  return { split, hash: own?.hash ?? null, dataset }
}

/** In ascending order. */
export function chooseSamples(count: number, wanted: number): Uint32Array {
  const all = Uint32Array.from({ length: count }, (_, index) => index)
  return wanted >= count
    ? all
    : Uint32Array.from(shuffled(all, createRandom(CALIBRATION_SEED)).slice(0, wanted)).sort()
}
