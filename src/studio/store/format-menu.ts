import { isKerasContainer } from '../../core/model-summary'
import type { ContainerId, FormatId, ModelSummary } from '../../core/model-summary'
import { canBeVariants } from './variants-slice'

/** A folder for Transformers.js is no file of one form: it is chosen among the formats, and has a panel of its own. */
export const VARIANTS = 'variants'

type Family = 'tfjs' | 'keras' | 'onnx' | 'safetensors'

/** Which files somebody asks for first who has a model of a kind: its own, then those that the same people run. */
const families: Readonly<Record<FormatId, readonly Family[]>> = {
  'tfjs-layers': ['tfjs', 'onnx', 'keras', 'safetensors'],
  'tfjs-graph': ['tfjs', 'onnx', 'keras', 'safetensors'],
  keras: ['keras', 'tfjs', 'onnx', 'safetensors'],
  onnx: ['onnx', 'tfjs', 'safetensors', 'keras'],
  safetensors: ['safetensors', 'onnx', 'tfjs', 'keras'],
  pytorch: ['safetensors', 'onnx', 'tfjs', 'keras'],
}

/** What a model can be downloaded as, in the order that fits where it came from. Of Keras the kind of file that was opened is first. */
export function formatMenu(
  model: Pick<ModelSummary, 'format' | 'targets'>,
): (ContainerId | typeof VARIANTS)[] {
  const containers = [...new Set(model.targets.map(({ container }) => container))]
  const order = families[model.format]
  const sorted = containers.toSorted(
    (one, other) => order.indexOf(familyOf(one)) - order.indexOf(familyOf(other)),
  )
  return sorted.flatMap((container) =>
    container === 'onnx' && canBeVariants(model) ? [container, VARIANTS] : [container],
  )
}

function familyOf(container: ContainerId): Family {
  return isKerasContainer(container) ? 'keras' : container
}
