import type { ChannelGroup } from '../structure/channel-map'
import type { DepthBlock } from '../structure/depth-blocks'
import type { ChannelTarget } from '../structure/choose-channels'
import type { Recipe } from '../techniques/recipe'
import type { TrainingRecord } from '../training/training-record'

/** Layers whose channels go together. */
export interface GroupSummary extends Omit<ChannelGroup, 'channels'> {
  /** How many go together, one by one. */
  readonly channels: number
}

/** What may be left out as a whole. */
export interface BlockSummary extends DepthBlock {
  readonly parameters: number
  /** Multiply-accumulates of one sample; null where they are not known. */
  readonly macs: number | null
}

export interface CutRequest {
  /** Names the weights that are cut: those of the file, or of a training run. Its steps are not applied. */
  readonly recipe: Recipe
  readonly target: ChannelTarget
  /** Blocks that are left out before channels go, by id; those that the model does not have are passed over. */
  readonly blocks: readonly string[]
  /** kept: with what the filters that stay have learnt. fresh: as if it had never been trained. */
  readonly start: 'kept' | 'fresh'
}

/** How far the choice of channels or the making of the smaller model is; `done` and `total` in weights looked at. */
export interface CutProgress {
  readonly phase: 'scoring' | 'cutting' | 'writing'
  readonly done: number
  readonly total: number
}

/** What a cut would leave. */
export interface CutPlan {
  readonly parameters: number
  /** Multiply-accumulates of one sample, without opaque layers; null where the file leaves them open. */
  readonly macs: number | null
  /** Of the weights as float32. */
  readonly bytes: number
  readonly whole: Pick<CutPlan, 'parameters' | 'macs' | 'bytes'>
  /** Layers that go as a whole. */
  readonly gone: readonly string[]
  /** Layers that would lose filters or neurons. */
  readonly layers: readonly {
    readonly name: string
    readonly before: number
    readonly after: number
  }[]
}

/** One removal, as a report tells it. Plain data: it can be kept. */
export interface CutRecord extends Omit<CutRequest, 'recipe'> {
  /** Id of the trained weights that were cut; null: those of the file. */
  readonly trained: string | null
  /** The runs that made them, oldest first. */
  readonly training: readonly TrainingRecord[]
}

/** What a model was cut from: as long as it is known, everything is compared with that. */
export interface CutOrigin {
  /** What the person opened, before any removal. */
  readonly files: readonly File[]
  /** Oldest first. */
  readonly cuts: readonly CutRecord[]
}

export interface CutResult {
  /** An ordinary model; what is left of a weight lies in it as all of it did in the file. `path` is the name within its folder. */
  readonly files: readonly { readonly path: string; readonly blob: Blob }[]
  readonly plan: CutPlan
  readonly record: CutRecord
}
