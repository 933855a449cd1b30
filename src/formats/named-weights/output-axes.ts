import { describeValue, shortText } from '../../core/short-text'
import type { Drop } from '../../files/drop'
import { isModelFile } from '../format'
import { isObject } from '../tfjs-files/config-reader'
import { tensorError } from './tensor-error'

/** Axes along which a person says the outputs of kernels lie, by the names of the kernels; 0 is the first. */
export type OutputAxes = ReadonlyMap<string, number>

/**
 * Reads the correction that lies beside the files of a model, where there is one.
 * @throws StudioError 'open/tensor-field', 'open/json-...'
 */
export async function readOutputAxes(drop: Drop): Promise<OutputAxes> {
  const file = drop.files.find((one) => !isModelFile(one))
  if (file === undefined) return new Map()
  const root = await drop.json(file)
  const axes = isObject(root) ? root['output_axes'] : undefined
  if (!isObject(axes)) throw tensorError(file.path, 'output_axes', 'an object', describeValue(axes))
  return new Map(
    Object.entries(axes).map(([name, axis]) => {
      if (typeof axis === 'number' && Number.isSafeInteger(axis) && axis >= 0) return [name, axis]
      const field = `output_axes.${shortText(name)}`
      throw tensorError(file.path, field, 'a whole number from 0', describeValue(axis))
    }),
  )
}
