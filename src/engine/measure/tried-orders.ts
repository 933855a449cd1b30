import type { OutputKind } from '../../core/output-kind'
import { answersOf } from '../../data/scores'
import type { DataSummary, TrialRequest, TriedOrder } from '../../protocol/data-messages'
import type { DataSplit } from '../samples/attached-data'

type Candidate = Pick<TriedOrder, 'id' | 'map'>

/** The orders in which outputs may stand for the classes, the one in use first, each map once. */
export function candidateOrders(
  { settings, classOrders }: DataSummary,
  { named }: TrialRequest,
): readonly Candidate[] {
  const present = settings.classMap ?? classOrders[0]?.map ?? null
  const known: Candidate[] = [
    ...classOrders,
    ...(named === null ? [] : [{ id: 'names' as const, map: named }]),
  ]
  const isPresent = ({ map }: Candidate): boolean => map?.join() === present?.join()
  const first = known.find(isPresent) ?? { id: 'present', map: present }
  const others = known.filter((order) => !isPresent(order))
  return [first, ...others]
}

/** Counts right answers of one preparation under several orders of the classes at once. */
export class OrderTally {
  private readonly split: DataSplit
  private readonly kind: OutputKind
  private readonly counts: { readonly order: Candidate; correct: number; measured: number }[]

  /** @param split of classes or binary answers */
  constructor(split: DataSplit, orders: readonly Candidate[], kind: OutputKind) {
    this.split = split
    this.kind = kind
    this.counts = orders.map((order) => ({ order, correct: 0, measured: 0 }))
  }

  /** @param outputs of samples from `from` on, row-major */
  add(outputs: Float32Array, from: number): void {
    const { targets } = this.split
    answersOf(outputs, targets.columns ?? 1, this.kind).forEach((answer, row) => {
      for (const count of this.counts) {
        const wanted = this.wanted(count.order, from + row)
        if (wanted < 0) continue
        count.measured++
        if (answer === wanted) count.correct++
      }
    })
  }

  tried(): readonly TriedOrder[] {
    return this.counts.map(({ order, correct, measured }) => ({ ...order, correct, measured }))
  }

  /** The output that is right for a sample; -1 leaves it out. */
  private wanted({ map }: Candidate, sample: number): number {
    const { classes, targets } = this.split
    if (map !== null && classes !== null) return map[classes[sample] ?? -1] ?? -1
    return 'labels' in targets ? (targets.labels[sample] ?? -1) : -1
  }
}
