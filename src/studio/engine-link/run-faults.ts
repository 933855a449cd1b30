import { StudioError } from '../../core/errors'
import { endsTheWorker } from './restart-policy'

/** Whether it is the worker that has ended, and not the run that has failed. */
export function isOfWorker({ code }: StudioError): boolean {
  return endsTheWorker(code) || code === 'train/worker-out-of-memory'
}

/** The same of a worker that nobody starts again by itself, beside an engine that goes on. */
export function ofRun(error: StudioError): StudioError {
  const { code, params } = error.toData()
  if (!endsTheWorker(code)) return error
  const { reason = '', seconds = 0 } = params
  return code === 'engine/hung'
    ? new StudioError('train/worker-hung', { seconds })
    : new StudioError('train/worker-stopped', { reason })
}
