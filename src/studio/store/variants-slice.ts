import type { StudioErrorData } from '../../core/errors'
import { isWorse } from '../../core/proportions'
import { ONNX_FILES } from '../../core/model-summary'
import type { ModelSummary } from '../../core/model-summary'
import { usualVariants } from '../../core/transformers-variants'
import type { VariantId } from '../../core/transformers-variants'
import type {
  VariantRow,
  VariantsOriginal,
  VariantsProgress,
} from '../../protocol/variant-messages'
import type { Recipe } from '../../techniques/recipe'
import type { Slice } from './slice'

/** Variants that were measured so far, and the settings that they have. */
export interface MeasuredVariants {
  readonly recipe: Recipe
  readonly original: VariantsOriginal | null
  readonly rows: readonly VariantRow[]
}

export type VariantsStatus =
  | { readonly state: 'idle' }
  | ({
      readonly state: 'running' | 'cancelling'
      readonly progress: VariantsProgress | null
    } & MeasuredVariants)
  | ({
      readonly state: 'done'
      /** Those that go into the folder. */
      readonly taken: readonly VariantId[]
      /** null: none is taken, or the folder is being made. */
      readonly folder: {
        readonly fileName: string
        readonly bytes: number
        readonly code: string
      } | null
      readonly isSaved: boolean
    } & MeasuredVariants)
  | { readonly state: 'failed'; readonly error: StudioErrorData }

export interface VariantsSlice {
  /** Whether a download is to be a folder for Transformers.js; kept for the next visit. */
  readonly wantsVariants: boolean
  /** What is to be made; kept for the next visit. */
  readonly chosenVariants: readonly VariantId[]
  readonly variants: VariantsStatus
  setWantsVariants: (wants: boolean) => void
  setChosenVariants: (chosen: readonly VariantId[]) => void
  setVariants: (variants: VariantsStatus) => void
}

const fresh = { variants: { state: 'idle' } } as const

export const variantsSlice: Slice<VariantsSlice> = {
  create: (set) => ({
    ...{ ...fresh, wantsVariants: false, chosenVariants: usualVariants },
    setWantsVariants: (wantsVariants) => {
      set({ wantsVariants })
    },
    setChosenVariants: (chosenVariants) => {
      set({ chosenVariants })
    },
    setVariants: (variants) => {
      set({ variants })
    },
  }),
  forModel: () => fresh,
  forData: ({ variants }) => (variants.state === 'running' ? {} : fresh),
}

/** Whether the open model can be written as a file of ONNX at all. */
export function canBeVariants(model: Pick<ModelSummary, 'targets'> | null): boolean {
  return model?.targets.some(({ container }) => container === ONNX_FILES) === true
}

/** Whether the download is to be such a folder. */
export function areVariantsWanted({
  model,
  wantsVariants,
}: {
  readonly model: Pick<ModelSummary, 'targets'> | null
  readonly wantsVariants: boolean
}): boolean {
  return wantsVariants && canBeVariants(model)
}

/** Whether a variant is put into a folder unasked: it loads, and is not worse by more than chance. */
export function isOfferedVariant({ measure, refusal }: VariantRow): boolean {
  if (refusal !== null || measure?.type !== 'accuracy') return refusal === null
  return !isWorse(measure.paired.onlyOriginal, measure.paired.onlyCompressed)
}
