import type { ChartsProps } from '../../src/studio/charts/charts'
import { defaultRecipe } from '../../src/techniques/recipe'
import { modelSummary, sizeReport, weightsEvent } from './test-data'

/** Of the sizes of a small model, of which nothing was measured. */
export const chartProperties: ChartsProps = {
  tab: 'size',
  asTable: false,
  logarithmic: true,
  allSizes: false,
  look: { logarithmic: true, near: true, allowedLoss: 0.5 },
  onWhole: () => undefined,
  model: modelSummary(),
  sizes: sizeReport(),
  chosen: null,
  isChosenOfThese: true,
  report: 'inside',
  weights: weightsEvent(),
  recipe: defaultRecipe,
  tried: [],
  original: null,
  run: null,
  studies: [],
  onChooseLayer: () => undefined,
  onUse: () => undefined,
  onPin: () => undefined,
  pinned: new Set(),
  canPin: true,
  onStage: () => undefined,
  onDragThreshold: () => undefined,
  onThreshold: () => undefined,
}
