import type { OpenedModel } from '../../formats/format'
import { Program } from '../program/program'
import { buildFaultOf } from './build-fault'
import type { InstantModel } from './runnable-model'

/**
 * Makes a model runnable that no stock TensorFlow.js reads: its graph runs by kernels of its own.
 * @throws StudioError 'open/no-kernel', 'open/build-failed'; nothing stays allocated
 */
export function createProgramModel(opened: OpenedModel): Promise<InstantModel> {
  try {
    return Promise.resolve(new Program(opened))
  } catch (error) {
    return Promise.reject(buildFaultOf(opened.file, error))
  }
}
