import { z } from 'zod'
import { casePurposes } from '../../case-study/case-plan'
import { madeOnce } from '../../core/made-once'
import { variantIds } from '../../core/transformers-variants'
import type { VariantId } from '../../core/transformers-variants'
import type { ReportPlace } from '../../protocol/recipe-messages'
import { MINUTES } from '../../search/training-minutes'
import { forAnotherModel, parseWantedSettings } from '../../training/training-settings'
import type { TrainingSettings } from '../../training/training-settings'
import type { CaseSettings } from '../store/case-slice'
import { wishes } from '../store/make-small-slice'
import type { SmallWish } from '../store/make-small-slice'
import { caseLimitsSchema } from './kept-limits'

z.config({ jitless: true })

const TRAINING_KEY = 'compression-studio.training'

/** Settings of training, as they were last used; null where there are none. */
export function loadTrainingSettings(storage: Pick<Storage, 'getItem'>): TrainingSettings | null {
  try {
    const text = storage.getItem(TRAINING_KEY)
    // Files are not kept, so a teacher that was dropped is gone, and so is the model whose layers were chosen.
    return text === null ? null : forAnotherModel(parseWantedSettings(JSON.parse(text)))
  } catch {
    return null
  }
}

export function keepTrainingSettings(
  storage: Pick<Storage, 'setItem'>,
  settings: TrainingSettings,
): void {
  keep(storage, TRAINING_KEY, settings)
}

function keep(storage: Pick<Storage, 'setItem'>, key: string, value: unknown): void {
  try {
    storage.setItem(key, JSON.stringify(value))
  } catch {
    // Full or forbidden storage only costs the convenience.
  }
}

const REPORT_KEY = 'compression-studio.report'

/** Where report and model card go, as it was chosen last; null where nobody chose. */
export function loadReportPlace(storage: Pick<Storage, 'getItem'>): ReportPlace | null {
  try {
    const text = storage.getItem(REPORT_KEY)
    if (text === null) return null
    const parsed = z.enum(['inside', 'apart']).safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : null
  } catch {
    // Storage may be forbidden.
    return null
  }
}

export function keepReportPlace(storage: Pick<Storage, 'setItem'>, place: ReportPlace): void {
  keep(storage, REPORT_KEY, place)
}

const VARIANTS_KEY = 'compression-studio.variants'

/** What somebody wants to have for Transformers.js. */
export interface WantedVariants {
  readonly wants: boolean
  readonly chosen: readonly VariantId[]
}

const variantsSchema = madeOnce(() =>
  z.object({ wants: z.boolean(), chosen: z.array(z.enum(variantIds)).max(variantIds.length) }),
)

/** As it was chosen last; null where nobody chose. */
export function loadWantedVariants(storage: Pick<Storage, 'getItem'>): WantedVariants | null {
  try {
    const text = storage.getItem(VARIANTS_KEY)
    if (text === null) return null
    const parsed = variantsSchema().safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : null
  } catch {
    // Storage may be forbidden.
    return null
  }
}

export function keepWantedVariants(
  storage: Pick<Storage, 'setItem'>,
  wanted: WantedVariants,
): void {
  keep(storage, VARIANTS_KEY, wanted)
}

const LIMITS_KEY = 'compression-studio.limits'

const limitsSchema = madeOnce(() => z.partialRecord(z.enum(casePurposes), caseLimitsSchema()))

/** What case studies are to keep to, where somebody has changed it. */
export function loadCaseLimits(storage: Pick<Storage, 'getItem'>): CaseSettings['limits'] {
  try {
    const text = storage.getItem(LIMITS_KEY)
    if (text === null) return {}
    const parsed = limitsSchema().safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : {}
  } catch {
    // Storage may be forbidden.
    return {}
  }
}

export function keepCaseLimits(
  storage: Pick<Storage, 'setItem'>,
  limits: CaseSettings['limits'],
): void {
  keep(storage, LIMITS_KEY, limits)
}

const WISH_KEY = 'compression-studio.wish'

const wishSchema = madeOnce(() =>
  z.object({
    wish: z.enum(wishes),
    loss: z.number().min(0).max(1),
    minutes: z.number().min(MINUTES.least).max(MINUTES.most).default(MINUTES.usual),
  }),
)

/** What somebody wanted of the smallest file; null where nobody said. */
export function loadSmallWish(storage: Pick<Storage, 'getItem'>): SmallWish | null {
  try {
    const text = storage.getItem(WISH_KEY)
    if (text === null) return null
    const parsed = wishSchema().safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : null
  } catch {
    // Storage may be forbidden.
    return null
  }
}

export function keepSmallWish(storage: Pick<Storage, 'setItem'>, wish: SmallWish): void {
  keep(storage, WISH_KEY, wish)
}
