import { ARITHMETIC_VERSION } from '../../core/arithmetic-version'
import type { StudioErrorData } from '../../core/errors'
import type { CandidateFigures } from '../../protocol/compare-messages'
import type { Latency } from '../../protocol/measure-messages'
import type { Recipe } from '../../techniques/recipe'
import { dataIn, dataKey } from './data-in'
import { measureKind } from './measures'
import type { DataStatus, Measure } from './model-slice'
import { effectKey } from './recipe-slice'
import type { Slice } from './slice'

/** So many settings are compared at a time; each has a letter of its own. */
export const candidateLetters = ['A', 'B', 'C', 'D'] as const
export type CandidateLetter = (typeof candidateLetters)[number]

/** Figures of settings, and what they hold for. */
export interface CandidateResult extends CandidateFigures {
  readonly arithmetic: number
  /** The data that was attached, under its settings: equal keys are comparable. */
  readonly data: { readonly key: string; readonly name: string | null }
}

/** Settings that a person pinned, to be compared with others. */
export interface Candidate {
  /** Of its settings, as `effectKey`: what does the same is pinned once. */
  readonly key: string
  readonly letter: CandidateLetter
  /** Empty: it is called by its settings. */
  readonly name: string
  readonly recipe: Recipe
  /** null: not measured yet, or of another arithmetic. */
  readonly result: CandidateResult | null
  /** It had figures, which another version of the arithmetic computed. */
  readonly isOfOtherArithmetic: boolean
}

/** What goes on about a candidate, by its key. */
export type CandidateStatus =
  | { readonly state: 'waits' }
  | { readonly state: 'measuring'; readonly done: number; readonly total: number }
  | { readonly state: 'failed'; readonly error: StudioErrorData }

export interface CandidatesSlice {
  /** Of the open model, in the order in which they were pinned. */
  readonly candidates: readonly Candidate[]
  readonly candidateWork: Readonly<Record<string, CandidateStatus>>
  /** Times of a pass of the open model on this device, by batch: its weights make no difference. */
  readonly latencies: readonly Latency[]
  setCandidates: (candidates: readonly Candidate[]) => void
  /** null: nothing goes on any more. */
  setCandidateWork: (key: string, status: CandidateStatus | null) => void
  addLatency: (latency: Latency) => void
}

export const candidatesSlice: Slice<CandidatesSlice> = {
  create: (set, get) => ({
    candidates: [],
    candidateWork: {},
    latencies: [],
    setCandidates: (candidates) => {
      set({ candidates })
    },
    setCandidateWork: (key, status) => {
      const { [key]: _, ...others } = get().candidateWork
      set({ candidateWork: status === null ? others : { ...others, [key]: status } })
    },
    addLatency: (latency) => {
      // A model with a fixed batch takes its own, whatever it is asked for.
      const others = get().latencies.filter(({ batch }) => batch !== latency.batch)
      set({ latencies: [...others, latency] })
    },
  }),
  forModel: () => ({ candidates: [], candidateWork: {}, latencies: [] }),
  forData: () => ({ candidateWork: {} }),
}

/** What the figures of a candidate are of, and whether they hold for what is open now. */
export type CandidateFreshness = 'none' | 'current' | 'otherData' | 'otherArithmetic'

interface Ground {
  readonly data: DataStatus
  readonly originalMeasure: Measure | null
}

/** Figures of other data, or of outputs that were taken for something else, stand beside none of these. */
export function freshnessOf(candidate: Candidate, ground: Ground): CandidateFreshness {
  const { isOfOtherArithmetic, result } = candidate
  if (result === null) return isOfOtherArithmetic ? 'otherArithmetic' : 'none'
  if (result.arithmetic !== ARITHMETIC_VERSION) return 'otherArithmetic'
  if (result.data.key !== dataKey(ground.data)) return 'otherData'
  const { originalMeasure } = ground
  const isOfOtherKind =
    originalMeasure !== null &&
    result.measure !== null &&
    measureKind(originalMeasure) !== measureKind(result.measure)
  return isOfOtherKind ? 'otherData' : 'current'
}

/** What figures that are found now hold for. */
export function resultOf(figures: CandidateFigures, data: DataStatus): CandidateResult {
  const { measure } = figures
  return {
    ...figures,
    // What classes are taken for fills more than all else, and is looked at elsewhere.
    measure: measure?.type === 'accuracy' ? { ...measure, confusion: null } : measure,
    arithmetic: ARITHMETIC_VERSION,
    data: { key: dataKey(data), name: dataIn(data)?.name ?? null },
  }
}

/** One more; the same ones where it is pinned already or there is no room. */
export function withCandidate(
  candidates: readonly Candidate[],
  recipe: Recipe,
): readonly Candidate[] {
  const key = effectKey(recipe)
  const letter = candidateLetters.find((free) => candidates.every((one) => one.letter !== free))
  if (letter === undefined || candidates.some((one) => one.key === key)) return candidates
  const fresh = { name: '', result: null, isOfOtherArithmetic: false }
  return [...candidates, { key, letter, recipe, ...fresh }]
}
