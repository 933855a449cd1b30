import type { OpenedModel } from '../../../formats/format'
import { unrunnable } from '../../../graph/unrunnable'
import { hasLayers } from '../../model/build-model'
import { TrainableLayers } from './trainable-layers'
import type { TrainableModel } from './trainable-model'
import { TrainableProgram } from './trainable-program'

/** What no operator says is carried out by TensorFlow.js alone: layers with such a setting train as layers. */
export function trainsAsLayers(opened: Pick<OpenedModel, 'format' | 'graph'>): boolean {
  return hasLayers(opened) && unrunnable(opened.graph).length > 0
}

/**
 * Makes a model that trains. Needs the lock.
 * @param fused whether the fused kernels of batch normalisation may be used
 * @param learning names of the weights that learn; null: all
 */
export async function buildTrainable(
  opened: OpenedModel,
  fused: boolean,
  learning: ReadonlySet<string> | null = null,
): Promise<TrainableModel> {
  return trainsAsLayers(opened)
    ? TrainableLayers.build(opened, fused, learning)
    : new TrainableProgram(opened, learning)
}
