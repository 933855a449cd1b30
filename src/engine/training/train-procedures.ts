import type { Procedures } from '../../protocol/procedures'
import type { Trainer } from './trainer'

export function trainProcedures({ trainer }: { readonly trainer: Trainer }): Procedures<'train'> {
  return {
    start: (request, emit, signal) => trainer.train(request, emit, signal),
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
