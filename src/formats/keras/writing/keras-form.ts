import type { Precision } from '../../../core/model-summary'
import type { WrittenKind } from '../../../files/hdf5/writing/header-fields'
import type { ExportTensor, StoredForm } from '../../exporter'
import type { OpenedWeight } from '../../format'
import {
  float16Form,
  float32Form,
  inPieces,
  isUntouched,
  pieceOf,
  restoresHalves,
} from '../../tfjs-files/stored-values'

/** A tensor as a dataset of a file of Keras. */
export interface KerasForm extends StoredForm {
  readonly kind: WrittenKind
  readonly shape: readonly number[]
}

/** Decoded values, since Keras knows no codes: floats as wide as the file that was opened has them. */
export function kerasForm(
  tensor: ExportTensor,
  weight: OpenedWeight,
  precision: Precision,
): KerasForm {
  const { spec, storedAs, values } = weight
  const { dtype, name, shape } = spec
  if (dtype !== 'float32') {
    const kind = dtype === 'int32' ? 'int32' : dtype === 'bool' ? 'bool' : 'uint8'
    return {
      ...{ kind, shape, name, storedAs: kind, reason: 'notQuantized', entry: null },
      ...inPieces(values.BYTES_PER_ELEMENT, values.length, (from, to) => pieceOf(values, from, to)),
    }
  }
  const asItCame = storedAs === 'float16' && (isUntouched(tensor, weight) || restoresHalves(tensor))
  const isCoded = 'kind' in tensor && tensor.kind !== 'float'
  const reason = isCoded || precision !== 'exact' ? 'chosen' : 'notQuantized'
  return precision === 'float16' || (precision === 'exact' && asItCame)
    ? { ...float16Form(tensor, weight, reason), kind: 'float16', shape }
    : { ...float32Form(tensor, weight, reason), kind: 'float32', shape }
}
