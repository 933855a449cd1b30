import type { StudioErrorData } from '../../core/errors'
import { isKerasContainer, isSameKind, isSameTarget } from '../../core/model-summary'
import type { ContainerId, ExportTarget, KerasContainer } from '../../core/model-summary'
import type { DecodingCost, ZipSize } from '../../protocol/recipe-messages'
import { effectKey } from './recipe-slice'
import type { StudioState } from './store'
import { areVariantsWanted } from './variants-slice'
import { zipBytes } from './zip-bytes'

/** What the download is to be: as it was chosen where the open model offers that, else its first. */
export function targetOf({ model, exportTarget }: StudioState): ExportTarget | null {
  if (model === null) return null
  const isOffered = model.targets.some((target) => isSameKind(target, exportTarget))
  return (isOffered ? exportTarget : null) ?? model.targets[0] ?? null
}

/** The kind of files that a download is made of where nobody chose. */
export function containerOf({ model }: Pick<StudioState, 'model'>): OwnContainer {
  const container = model?.targets[0]?.container ?? 'tfjs'
  return isKerasContainer(container) ? 'tfjs' : container
}

/** What may be the kind of files that a model came in. */
type OwnContainer = Exclude<ContainerId, KerasContainer>

/** Whether it is what every settled preview makes: in the model's own kind of files, without a loss. */
export function isMadeAnyway({ model }: StudioState, target: ExportTarget | null): boolean {
  return target !== null && isSameTarget(target, model?.targets[0] ?? null)
}

/** Exact bytes of the zip with the settings as they are; null while nobody knows. */
export function zippedAs(state: StudioState, target: ExportTarget | null): number | null {
  const size = sizeAs(state, target)
  return size === null ? null : zipBytes(size, state.reportPlace)
}

/** Bytes of a download that is another one than the sizes are of; null: it is that one. */
export type ChosenZip = number | 'unknown' | null

/** What the zip takes that was chosen, where it is another one than every settled preview makes, or took when it was known last. */
export function chosenZip(state: StudioState): ChosenZip {
  const target = targetOf(state)
  const { lastOffers, reportPlace, variants } = state
  if (areVariantsWanted(state))
    return (variants.state === 'done' ? variants.folder?.bytes : undefined) ?? 'unknown'
  if (isMadeAnyway(state, target)) return null
  const last = lastOffers.find((offer) => isSameTarget(offer.target, target))?.size ?? null
  return zippedAs(state, target) ?? (last === null ? 'unknown' : zipBytes(last, reportPlace))
}

/** Whether that is of the settings as they are. */
export function isZipOfThese(state: StudioState): boolean {
  if (!areVariantsWanted(state)) return zippedAs(state, targetOf(state)) !== null
  const { recipe, variants } = state
  return variants.state === 'done' && effectKey(variants.recipe) === effectKey(recipe)
}

/** The same with and without report and model card. */
export function sizeAs(state: StudioState, target: ExportTarget | null): ZipSize | null {
  const { sizes, alternatives, recipe } = state
  if (isMadeAnyway(state, target))
    return sizes?.recipe === recipe && sizes.value.zippedIsExact ? sizes.value : null
  if (alternatives?.recipe !== recipe) return null
  return alternatives.value.find((offer) => isSameTarget(offer.target, target))?.size ?? null
}

/** How many normalizations are parts of what is in front of them; 0 also while nobody knows. */
export function foldedIn({ alternatives, recipe }: StudioState, target: ExportTarget): number {
  if (alternatives?.recipe !== recipe) return 0
  return alternatives.value.find((offer) => isSameTarget(offer.target, target))?.folded ?? 0
}

/** Why the settings as they are cannot be written so; null where they can or nobody knows yet. */
export function refusalOf(
  { alternatives, recipe }: StudioState,
  target: ExportTarget | null,
): StudioErrorData | null {
  if (alternatives?.recipe !== recipe) return null
  return alternatives.value.find((offer) => isSameTarget(offer.target, target))?.refusal ?? null
}

/** Bytes of the weight files; null while nobody knows. */
export function storedAs(state: StudioState, target: ExportTarget): number | null {
  const { alternatives, recipe, sizes } = state
  if (isMadeAnyway(state, target)) return sizes?.recipe === recipe ? sizes.value.stored : null
  if (alternatives?.recipe !== recipe) return null
  return (
    alternatives.value.find((offer) => isSameTarget(offer.target, target))?.size?.stored ?? null
  )
}

/** What a file costs that decodes itself; null where it does not, and while nobody knows. */
export function decodingOf(
  { alternatives, recipe }: StudioState,
  target: ExportTarget | null,
): DecodingCost | null {
  if (alternatives?.recipe !== recipe) return null
  return alternatives.value.find((offer) => isSameTarget(offer.target, target))?.decoding ?? null
}
