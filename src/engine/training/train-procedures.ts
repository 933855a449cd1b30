import type { Procedures } from '../../protocol/procedures'
import type { TrainNeeds } from './train-needs'
import type { Trainer } from './trainer'

export function trainProcedures({
  needs,
  trainer,
}: {
  readonly needs: TrainNeeds
  readonly trainer: Trainer
}): Procedures<'train'> {
  return {
    start: (request, emit, signal) => trainer.train(request, emit, signal),
    need: (request, signal) => needs.need(request, signal),
    pause: () => {
      trainer.pause()
      return undefined
    },
    resume: () => {
      trainer.resume()
      return undefined
    },
    stop: () => {
      trainer.stop()
      return undefined
    },
  }
}
