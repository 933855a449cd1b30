import '../../i18n/train-words'
import { CaseCard } from './case-card'
import { DistillationCard } from './distillation-card'
import { TrainCard } from './train-card'

/** What happens to the weights by training: who teaches, and the run itself. */
export function TrainPanel() {
  return (
    <>
      <DistillationCard />
      <TrainCard />
      <CaseCard />
    </>
  )
}
