import type { ChannelGroup } from '../structure/channel-map'
import type { ChannelTarget } from '../structure/choose-channels'
import type { Recipe } from '../techniques/recipe'

/** Layers whose channels go together. */
export interface GroupSummary extends Omit<ChannelGroup, 'channels'> {
  /** How many go together, one by one. */
  readonly channels: number
}

export interface CutRequest {
  /** Names the weights that are cut: those of the file, or of a training run. Its steps are not applied. */
  readonly recipe: Recipe
  readonly target: ChannelTarget
  /** kept: with what the filters that stay have learnt. fresh: as if it had never been trained. */
  readonly start: 'kept' | 'fresh'
}

/** What a cut would leave. */
export interface CutPlan {
  readonly parameters: number
  /** Multiply-accumulates of one sample; null where the file leaves them open. */
  readonly macs: number | null
  readonly whole: { readonly parameters: number; readonly macs: number | null }
  /** Layers that would lose filters or neurons. */
  readonly layers: readonly {
    readonly name: string
    readonly before: number
    readonly after: number
  }[]
}

export interface CutResult {
  /** An ordinary model, as float32; `path` is the name within its folder. */
  readonly files: readonly { readonly path: string; readonly blob: Blob }[]
  readonly plan: CutPlan
}
