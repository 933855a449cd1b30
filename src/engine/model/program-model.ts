import type { OpenedModel } from '../../formats/format'
import { portName } from '../../graph/port-name'
import { shapesOf } from '../../graph/shapes-of'
import { Program } from '../program/program'
import { buildFaultOf } from './build-fault'
import type { InstantModel } from './runnable-model'
import { rowsFault } from './sample-rows'

/**
 * Makes a model runnable that no stock TensorFlow.js reads: its graph runs by kernels of its own.
 * @throws StudioError 'open/no-kernel', 'open/build-failed', 'open/other-rows', 'open/several-batches'; nothing stays allocated
 */
export function createProgramModel(opened: OpenedModel): Promise<InstantModel> {
  try {
    const program = new Program(opened)
    const fault = rowsFault(opened.file, program.frozenBatch, firstOutput(opened))
    if (fault === null) return Promise.resolve(program)
    program.dispose()
    return Promise.reject(fault)
  } catch (error) {
    return Promise.reject(buildFaultOf(opened.file, error))
  }
}

/** The one that is measured, where its shape is known before it runs. */
function firstOutput({ graph }: OpenedModel) {
  const [value] = graph.outputs
  const shape = shapesOf(graph).get(value ?? '')
  return value === undefined || shape === undefined
    ? undefined
    : { name: portName(graph, value), shape }
}
