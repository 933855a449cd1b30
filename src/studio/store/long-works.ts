/** Everything that can go on for so long that a person begins something else meanwhile. */
export const longWorks = [
  /** A model, until it is open with its data. */
  'opening',
  /** Files in the panel, which are attached to nothing yet. */
  'reading',
  /** Data of the open model, and what is changed about it. */
  'attaching',
  'search',
  'measuring',
  'download',
  'teacher',
  'cut',
  'training',
  'caseStudy',
  'sweep',
  /** The search for the smallest file; `search` is that for a preparation. */
  'makeSmall',
  /** Predictions, answers to a picture, the time of a sample. */
  'answers',
] as const
export type LongWork = (typeof longWorks)[number]

export const wantedWorks = [...longWorks, 'closing'] as const
export type WantedWork = (typeof wantedWorks)[number]

/**
 * What becomes of work that goes on where other work is wanted. together: both go on, or one gives way for as long as
 * the other takes. wait: the wanted one begins once it has ended. ask: the person says which. end: it ends, and that is
 * told.
 */
export type PairAnswer = 'together' | 'wait' | 'ask' | 'end'

type Row = Readonly<Record<WantedWork, PairAnswer>>

const together: Row = {
  opening: 'together',
  reading: 'together',
  attaching: 'together',
  search: 'together',
  measuring: 'together',
  download: 'together',
  teacher: 'together',
  cut: 'together',
  training: 'together',
  caseStudy: 'together',
  sweep: 'together',
  makeSmall: 'together',
  answers: 'together',
  closing: 'together',
}

/** By what goes on, then by what is wanted. What takes minutes is never ended unasked; what takes seconds is. */
export const pairs: Readonly<Record<LongWork, Row>> = {
  // What acts on the open model is meant for the one that comes.
  opening: {
    ...together,
    opening: 'end',
    attaching: 'wait',
    search: 'wait',
    download: 'wait',
    teacher: 'wait',
    cut: 'wait',
    training: 'wait',
    caseStudy: 'wait',
    sweep: 'wait',
    makeSmall: 'wait',
    closing: 'end',
  },
  // Files may be read before there is a model, and are attached to it.
  reading: { ...together, reading: 'end', attaching: 'end', closing: 'end' },
  attaching: {
    ...together,
    opening: 'end',
    attaching: 'end',
    search: 'wait',
    download: 'wait',
    cut: 'wait',
    training: 'wait',
    caseStudy: 'wait',
    sweep: 'wait',
    makeSmall: 'wait',
    closing: 'end',
  },
  search: {
    ...together,
    opening: 'end',
    attaching: 'end',
    search: 'end',
    cut: 'end',
    caseStudy: 'end',
    closing: 'end',
  },
  // It begins anew by itself, with whatever is open then.
  measuring: { ...together, sweep: 'wait', makeSmall: 'wait' },
  download: {
    ...together,
    opening: 'wait',
    attaching: 'wait',
    download: 'wait',
    cut: 'wait',
    caseStudy: 'wait',
    sweep: 'wait',
    makeSmall: 'wait',
    closing: 'ask',
  },
  // It is a teacher of the open model.
  teacher: {
    ...together,
    opening: 'end',
    teacher: 'end',
    cut: 'end',
    training: 'wait',
    caseStudy: 'wait',
    closing: 'end',
  },
  cut: {
    ...together,
    opening: 'end',
    attaching: 'wait',
    search: 'wait',
    download: 'wait',
    teacher: 'wait',
    cut: 'end',
    training: 'wait',
    caseStudy: 'wait',
    sweep: 'wait',
    makeSmall: 'wait',
    closing: 'end',
  },
  // In a worker of its own: what does not change the model or its data goes on beside it.
  training: {
    ...together,
    opening: 'ask',
    attaching: 'ask',
    cut: 'ask',
    training: 'ask',
    caseStudy: 'ask',
    sweep: 'wait',
    makeSmall: 'wait',
    closing: 'ask',
  },
  caseStudy: {
    ...together,
    opening: 'ask',
    attaching: 'ask',
    teacher: 'ask',
    cut: 'ask',
    training: 'ask',
    caseStudy: 'ask',
    sweep: 'wait',
    makeSmall: 'wait',
    closing: 'ask',
  },
  // It lets everything go first, so only what takes its ground away ends it.
  sweep: {
    ...together,
    opening: 'end',
    attaching: 'end',
    cut: 'end',
    caseStudy: 'end',
    sweep: 'end',
    makeSmall: 'end',
    closing: 'end',
  },
  // The same, and it can go on later. A sweep that is wanted meanwhile waits where it is shown.
  makeSmall: {
    ...together,
    opening: 'end',
    attaching: 'end',
    cut: 'end',
    caseStudy: 'end',
    sweep: 'wait',
    makeSmall: 'end',
    closing: 'end',
  },
  answers: together,
}

/** Works that measure settings in the background, where whatever the person does goes first. */
export const backgroundWorks = ['sweep', 'makeSmall'] as const satisfies readonly LongWork[]
export type BackgroundWork = (typeof backgroundWorks)[number]

const background: ReadonlySet<WantedWork> = new Set(backgroundWorks)
/** What takes no ground from work in the background: it waits where it is shown, between any two of its settings. */
const waitedForInPlace: ReadonlySet<LongWork> = new Set([
  ...(['measuring', 'download', 'training', 'makeSmall'] as const),
])

/** Whether what is wanted begins at once, and waits in its own place. */
export function waitsInPlace(work: LongWork, wanted: WantedWork): boolean {
  return background.has(wanted) && waitedForInPlace.has(work) && pairs[work][wanted] === 'wait'
}
