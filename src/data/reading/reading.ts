import { z } from 'zod'
import type { StudioErrorData } from '../../core/errors'
import type { DataFormat } from '../data-source'
import type { MatchedBy } from '../match-inputs'

/** What can be guessed wrongly when people's files are read; each is a control that puts it right. */
export const controlIds = [
  'tablesRead',
  'labelTables',
  'labelJoin',
  'tableHeader',
  'tableAbove',
  'tableBelow',
  'tableSeparator',
  'tableDecimal',
  'tableThousands',
  'tableComment',
  'tableEncoding',
  'missingRows',
  'tableLeftOut',
  'labelColumns',
  'tablePercent',
  'nothingLabels',
  'labelsAre',
  'labelsFrom',
  'classLevel',
  'splitFolders',
  'labelTableFile',
  'labelTableLabel',
  'alikeClasses',
  'nameEncoding',
  'targetsFrom',
  'arraysAre',
  'samplesArray',
  'labelsArray',
  'axisOrder',
  'inputsFrom',
] as const
export type ControlId = (typeof controlIds)[number]

/** What a person has chosen instead of a guess; what is absent stays as guessed. */
export type ReadingChoices = Readonly<Partial<Record<ControlId, readonly string[]>>>

/** Choices that come from storage. */
export const readingChoicesSchema = z.partialRecord(
  z.enum(controlIds),
  z.array(z.string().max(10_000)).max(20_000).readonly(),
)

/** One thing that was understood, and what else it could be. */
export interface ReadingControl {
  readonly id: ControlId
  /** What is in use: one of the options, or several of them where `many`. */
  readonly value: readonly string[]
  readonly options: readonly string[]
  readonly many: boolean
  /** Options are words of the person's own files, such as names of columns, and are shown as they are. */
  readonly verbatim: boolean
  /** Whether it was guessed; false once somebody has chosen. */
  readonly guessed: boolean
}

/** The start of what was read, as it was understood. */
export type ReadingPreview =
  | {
      readonly kind: 'rows'
      /** Columns of the table; of a wide one some are not listed. */
      readonly width: number
      /** Those that are listed, left out ones included; a place that only too long rows have has no role. */
      readonly columns: readonly {
        readonly place: number
        readonly name: string
        readonly role: ColumnRole | null
      }[]
      /** Cells of the listed columns. */
      readonly rows: readonly (readonly string[])[]
    }
  | {
      readonly kind: 'files'
      /** The first pictures of each class, null where no label was found. */
      readonly classes: readonly {
        readonly label: string | null
        readonly count: number
        readonly examples: readonly string[]
      }[]
    }
  | {
      readonly kind: 'pairs'
      readonly count: number
      readonly examples: readonly (readonly [input: string, target: string])[]
    }
  | {
      readonly kind: 'arrays'
      readonly arrays: readonly {
        readonly name: string
        readonly dtype: string
        readonly shape: readonly number[]
        readonly role: 'samples' | 'labels' | 'names' | 'unused'
      }[]
    }

/** What the inputs of a model with several are given: a control of its own form. */
export interface InputMapping {
  readonly slots: readonly InputSlot[]
  /** Arrays, or columns of a table. */
  readonly sources: readonly string[]
  /** Columns: one input takes several, side by side. */
  readonly many: boolean
  readonly guessed: boolean
}

export interface InputSlot {
  readonly input: string
  /** Sides of one sample, open ones null. */
  readonly needed: readonly (number | null)[]
  readonly from: readonly string[]
  /** Sides of one sample of these; null where there is none. */
  readonly found: readonly number[] | null
  /** width: of columns that are as many as one input alone takes. */
  readonly how: MatchedBy | 'width' | 'chosen'
}

export type ColumnRole = 'input' | 'label' | 'leftOut'

/** Why files or rows were not read. */
export const leftOutReasons = [
  'hidden',
  'masks',
  'targets',
  'unpaired',
  'otherFormat',
  'otherTables',
  'otherPictures',
  'unlabelled',
  'unusedArray',
  'notInLabelTable',
  'contradicted',
  'broken',
] as const
export type LeftOutReason = (typeof leftOutReasons)[number]

/** Every file that was dropped is one of these. */
export interface FileAccount {
  readonly read: number
  readonly leftOut: readonly {
    readonly reason: LeftOutReason
    readonly count: number
    readonly examples: readonly string[]
  }[]
}

/** Names that are shown of those that were left out. */
export const NAMED = 5

/** An account of what was read and what was not, each reason that holds for something. */
export function accountOf(
  read: number,
  left: Readonly<Partial<Record<LeftOutReason, readonly string[]>>>,
): FileAccount {
  const leftOut = leftOutReasons.flatMap((reason) => {
    const names = left[reason] ?? []
    return names.length === 0
      ? []
      : [{ reason, count: names.length, examples: names.slice(0, NAMED) }]
  })
  return { read, leftOut }
}

/** An account with more that was left out. */
export function withLeftOut(
  { read, leftOut }: FileAccount,
  more: Readonly<Partial<Record<LeftOutReason, readonly string[]>>>,
): FileAccount {
  const added = accountOf(read, more).leftOut
  return {
    read,
    leftOut: leftOutReasons.flatMap((reason) => {
      const parts = [...leftOut, ...added].filter((part) => part.reason === reason)
      if (parts.length === 0) return []
      const count = parts.reduce((sum, part) => sum + part.count, 0)
      return [
        { reason, count, examples: parts.flatMap(({ examples }) => examples).slice(0, NAMED) },
      ]
    }),
  }
}

/** What is worth saying of a guess; its words are `reading.notes` of the page. */
export const noteIds = [
  'tablesJoined',
  'labelsInOrder',
  'labelsByColumn',
  'labelsCounted',
  'labelsDisputed',
  'rowsUnlabelled',
  'labelsUnused',
  'missingRows',
  'emptyRows',
  'headerAgain',
  'unitRows',
  'linesBelow',
  'truths',
  'thousands',
  'comments',
  'separatorLine',
  'linesAbove',
  'encoding',
  'rowNames',
  'leftOutIndex',
  'leftOutId',
  'leftOutEmpty',
  'leftOutText',
  'leftOutKey',
  'leftOutBeside',
  'percent',
  'money',
  'nothingIsClass',
  'pixels',
  'classNumbers',
  'namesOfArray',
  'channelsMoved',
  'rowsShaped',
  'arraysAreClasses',
  'firstRows',
  'arraysUnused',
  'inputsMapped',
  'picturesPaired',
  'splitsMerged',
  'emptyClasses',
  'labelsInTable',
  'noSuchPicture',
  'otherFileColumn',
  'contradictions',
  'shortRows',
  'brokenLines',
  'labelsInNames',
  'labelsAreNumbers',
  'labelsInList',
  'annotationsUnread',
  'classesInList',
  'alikeTogether',
  'nameEncoding',
  'nameEncodings',
] as const
export type NoteId = (typeof noteIds)[number]

export interface ReadingNote {
  readonly id: NoteId
  readonly params: Readonly<Record<string, string | number>>
}

/** How people's own files were understood, whether or not a model can be shown them. */
export interface Reading {
  readonly name: string
  readonly format: DataFormat
  readonly controls: readonly ReadingControl[]
  /** Absent where the model has one input, or nobody knows. */
  readonly mapping?: InputMapping
  readonly preview: ReadingPreview
  readonly notes: readonly ReadingNote[]
  readonly account: FileAccount
  /** Why it gives no samples as it stands; null where it does. */
  readonly problem: StudioErrorData | null
}

/** The one option that a person has chosen; null where it is left to the guess. */
export function choiceOf<Option extends string>(
  choices: ReadingChoices,
  id: ControlId,
  options: readonly Option[],
): Option | null {
  const [chosen, ...others] = choices[id] ?? []
  return others.length > 0 ? null : (options.find((option) => option === chosen) ?? null)
}

/**
 * What a control stands at: the choice where it is one of the options, else the guess.
 * @param choices of the person
 */
export function controlOf(
  id: ControlId,
  options: readonly string[],
  guess: readonly string[],
  choices: ReadingChoices,
  how: { readonly many?: boolean; readonly verbatim?: boolean } = {},
): ReadingControl {
  const chosen = choices[id]
  const valid = chosen?.every((value) => options.includes(value)) === true
  const counts = how.many === true || chosen?.length === 1
  const used = chosen !== undefined && valid && counts
  return {
    id,
    options,
    value: used ? chosen : guess,
    many: how.many ?? false,
    verbatim: how.verbatim ?? false,
    guessed: !used,
  }
}
