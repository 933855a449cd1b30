import type { Recipe } from '../../src/techniques/recipe'

/** Where `npm run check:samples` writes what the first screen shows. */
export const SHOWN = 'src/studio/files/shown-result.json'

/** What comes out of a sample with the settings of the tour, without training. */
export interface ShownResult {
  readonly sample: string
  /** Hash of the model and its data. */
  readonly inputs: string
  /** Of the whole test split. */
  readonly images: number
  /** Of the zip as it was opened, and right answers. */
  readonly before: { readonly bytes: number; readonly correct: number }
  readonly after: { readonly bytes: number; readonly correct: number }
  readonly recipe: Recipe
}
