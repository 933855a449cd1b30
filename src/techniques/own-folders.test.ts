import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { techniqueIds } from './catalog'

/** The lines that every technique has, and nothing else of it outside its folder. */
const maps = [
  'src/techniques/catalog.ts',
  'src/techniques/weight-steps.ts',
  'src/techniques/panels.ui.tsx',
  'src/engine/training/hooks/technique-hooks.ts',
]

/** Files that name a technique because what they do is about that one, each with the reason. */
const others: Readonly<Record<string, string>> = {
  'src/techniques/weights-report.ts': 'thresholds that pruning resolved are drawn on the histogram',
  'src/training/pruning-for.ts': 'how pruning goes on depends on the codes beside it',
  'src/training/training-settings.ts': 'settings of a run hold the schedule of pruning',
  'src/engine/training/training-run.ts': 'a run holds pruning as a sparsity while weights move',
  'src/case-study/case-plan.ts': 'the study prunes and quantizes, in this order or that',
  'src/case-study/run-case.ts': 'the study prunes and quantizes, in this order or that',
  'src/search/allocation.ts': 'a search chooses what each of the three does to each layer',
  'src/search/apply-cell.ts': 'a cell of the map is bits or a sparsity of one layer',
  'src/search/layer-coding.ts': 'what a layer is coded with is its exception or the step of codes',
  'src/search/layer-remedies.ts':
    'causes of the loss of a layer are settings of pruning and of codes',
  'src/search/remedies.ts': 'causes of a drop are settings of pruning, of codes and of biases',
  'src/search/run-search.ts': 'a search measures codes of 8 bits as its first guess',
  'src/search/run-training.ts': 'biases of weights that are trained are not corrected',
  'src/search/sweep-plan.ts': 'a sweep is of bits, of sparsity, or of both',
  'src/engine/recipe/formulas.ts': 'the formulas of the lesson are those of quantization',
  'src/protocol/contract.ts': 'the formulas of the lesson are those of quantization',
  'src/studio/words/layer-ranges.ts': 'sparsity and bits are told from the least layer to the most',
  'src/studio/words/range-words.ts': 'sparsity and bits are told from the least layer to the most',
  'src/studio/store/lesson-steps.ts': 'the lesson shows quantization and pruning',
  'src/studio/commands/lesson-commands.ts': 'the formulas of the lesson are those of quantization',
  'src/studio/lesson/prune-formulas.tsx': 'the lesson moves the threshold of pruning',
  'src/studio/lesson/quantize-formulas.tsx': 'the lesson moves the bits of quantization',
  'src/studio/store/tour-steps.ts': 'the tour shows quantization and pruning',
  'src/engine/recipe/variant-recipe.ts': 'variants of a model differ in their codes',
  'src/studio/tour/tour.tsx': 'the tour shows quantization and pruning',
  'src/studio/commands/recipe-commands.ts': 'the line on the histogram is the threshold of pruning',
  'src/studio/charts/chart-data.ts': 'random removal is drawn as the control',
  'src/studio/views/steps/step-cards.tsx':
    'a folded card of pruning says how many weights are zero',
  'src/studio/views/train/compression-settings.tsx': 'settings of a run for pruning and for ranges',
}

const sources = execFileSync('git', ['ls-files', 'src'], { encoding: 'utf8' })
  .split('\n')
  .filter((path) => /[.]tsx?$/.test(path) && !/[.]test[.]tsx?$/.test(path))

/** Files outside its folder that spell the id of a technique, or import from its folder. */
function filesThatName(id: string): string[] {
  const word = new RegExp(`['"]${id}['"]|/${id}/[\\w.-]+'|\\b${id}['"]?[?]?: `)
  return sources.filter(
    (path) => !path.startsWith(`src/techniques/${id}/`) && word.test(readFileSync(path, 'utf8')),
  )
}

describe.each(techniqueIds)('the technique %s', (id) => {
  it('is in every map', () => {
    expect(filesThatName(id)).toEqual(expect.arrayContaining(maps))
  })

  it('is named by no other file than those that are about it', () => {
    const strangers = filesThatName(id).filter((path) => !maps.includes(path))
    expect(strangers.filter((path) => !Object.hasOwn(others, path))).toEqual([])
  })
})

it('lists no file that names no technique', () => {
  const named = new Set(techniqueIds.flatMap(filesThatName))
  expect(Object.keys(others).filter((path) => !named.has(path))).toEqual([])
})
