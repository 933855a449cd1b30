import { caseChecks } from '../../case-study/case-checks'
import type { CaseCheck } from '../../case-study/case-checks'
import type { Latency } from '../../protocol/measure-messages'
import type { ReportPlace } from '../../protocol/recipe-messages'
import type { CasePath, CaseStagePoint } from './case-slice'
import { zipBytes } from './zip-bytes'

/** What a case study was to keep to, and what its last stage is; none before it has one. */
export function targetsOf(path: CasePath, place: ReportPlace): readonly CaseCheck[] {
  const { latency, limits, stages } = path
  const [first] = stages
  const last = stages.at(-1)
  if (first === undefined || last === undefined) return []
  const figures = (stage: CaseStagePoint, time: Latency | null) => ({
    ...stage,
    zippedBytes: zipBytes(stage.size, place),
    latency: time?.median ?? null,
  })
  return caseChecks(limits, figures(first, latency.original), figures(last, latency.compressed))
}
