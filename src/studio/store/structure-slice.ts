import type { StudioErrorData } from '../../core/errors'
import type {
  BlockSummary,
  CutPlan,
  CutProgress,
  CutRequest,
  GroupSummary,
} from '../../protocol/structure-messages'
import type { ChannelTarget } from '../../structure/choose-channels'
import type { Slice } from './slice'

export type CutStatus =
  | { readonly state: 'idle' }
  | { readonly state: 'planned'; readonly plan: CutPlan }
  | { readonly state: 'cutting' }
  | { readonly state: 'failed'; readonly error: StudioErrorData }

/** A choice of channels, or a cut, on its way. */
export interface CutWork {
  /** Once the smaller model is made it is opened. */
  readonly progress:
    | CutProgress
    | { readonly phase: 'opening'; readonly done: 0; readonly total: 0 }
  /** Milliseconds of the phase; null: not known, or not worth a word. */
  readonly msLeft: number | null
}

export interface StructureSlice {
  readonly cutTarget: ChannelTarget
  readonly cutStart: CutRequest['start']
  readonly cut: CutStatus
  /** null: nothing is going on. */
  readonly cutWork: CutWork | null
  /** What may be left out as a whole; null: not known yet, or not for this model. */
  readonly blocks: readonly BlockSummary[] | null
  /** By id: what is to be left out. */
  readonly cutBlocks: readonly string[]
  /** Layers of the open model that lose channels together; null: not known yet, or not for this model. */
  readonly groups: readonly GroupSummary[] | null
  /** What the open model was cut from; null: it is whole. */
  readonly cutFrom: {
    readonly name: string
    readonly parameters: number
  } | null
  setCutTarget: (target: ChannelTarget) => void
  setCutStart: (start: CutRequest['start']) => void
  setCut: (cut: CutStatus) => void
  setCutWork: (work: CutWork | null) => void
  setBlocks: (blocks: readonly BlockSummary[] | null) => void
  setCutBlocks: (ids: readonly string[]) => void
  setGroups: (groups: readonly GroupSummary[] | null) => void
  setCutFrom: (from: StructureSlice['cutFrom']) => void
}

const defaultTarget: ChannelTarget = {
  criterion: 'l2',
  of: 'channels',
  share: 0.5,
  scope: 'global',
  protectFirst: true,
  seed: 42,
}

const fresh = {
  cut: { state: 'idle' },
  cutWork: null,
  blocks: null,
  cutBlocks: [],
  groups: null,
  cutFrom: null,
} satisfies Partial<StructureSlice>

export const structureSlice: Slice<StructureSlice> = {
  create: (set) => ({
    cutTarget: defaultTarget,
    cutStart: 'kept',
    ...fresh,
    setCutTarget: (cutTarget) => {
      set({ cutTarget })
    },
    setCutStart: (cutStart) => {
      set({ cutStart })
    },
    setCut: (cut) => {
      set({ cut })
    },
    setCutWork: (cutWork) => {
      set({ cutWork })
    },
    setBlocks: (blocks) => {
      set({ blocks })
    },
    setCutBlocks: (cutBlocks) => {
      set({ cutBlocks })
    },
    setGroups: (groups) => {
      set({ groups })
    },
    setCutFrom: (cutFrom) => {
      set({ cutFrom })
    },
  }),
  forModel: () => fresh,
  forData: () => ({}),
}
