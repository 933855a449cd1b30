import type { MeasureWork } from '../../protocol/measure-messages'
import { atMostEvery } from '../work/stream'
import type { Emit } from '../work/stream'
import type { Toolbox } from '../work/toolbox'

const INTERVAL_MS = 250

/** Counts the samples that models were shown, of all that a measurement shows, and says so a few times a second. */
export class ShownCount {
  private readonly total: number
  private readonly tell: Emit<MeasureWork>
  private done = 0

  constructor(total: number, emit: Emit<MeasureWork>, { pace }: Pick<Toolbox, 'pace'>) {
    this.total = total
    this.tell = atMostEvery(
      INTERVAL_MS,
      () => pace.now(),
      emit,
      ({ done }) => done === total,
    )
  }

  add(samples: number): void {
    this.done += samples
    this.tell({ type: 'work', done: this.done, total: this.total })
  }
}
