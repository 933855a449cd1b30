import { packRight } from '../../src/core/right-bits'
import type { CandidateFigures } from '../../src/protocol/compare-messages'
import { accuracy, modelSummary } from './test-data'

/** Of settings that have the first so many of a hundred samples right, of which the original has 98. */
export function candidateFigures(
  change: Partial<CandidateFigures> = {},
  correct = 90,
): CandidateFigures {
  const right = packRight(Uint8Array.from({ length: 100 }, (_, at) => (at < correct ? 1 : 0)))
  return {
    offers: modelSummary().targets.map((target, at) => ({
      target,
      size: { zipped: 200 + 100 * at, reportBytes: 30, stored: 10 },
      refusal: null,
    })),
    measure: accuracy(correct),
    answers: { samples: 100, right, classes: [{ label: 1, samples: 50, before: 49, after: 41 }] },
    backend: 'wasm',
    ...change,
  }
}
