import { dataSettingsSchema } from '../../data/data-settings'
import type { DataSettings } from '../../data/data-settings'
import { StudioError } from '../../core/errors'
import { parseStepConfig } from '../../techniques/parse-step-config'
import { parseRecipe } from '../../techniques/recipe'
import type { Recipe } from '../../techniques/recipe'

/** What a recipe file holds: the settings of the weights, and how data was shown to the model. */
export interface RecipeFile {
  readonly recipe: Recipe
  /** null where no data was attached. */
  readonly data: DataSettings | null
}

export function writeRecipeFile({ recipe, data }: RecipeFile): string {
  return `${JSON.stringify(data === null ? recipe : { ...recipe, data }, null, 2)}\n`
}

/**
 * Parses an untrusted recipe file.
 * @throws StudioError 'recipe/json-syntax', 'recipe/invalid' naming the field
 */
export function readRecipeFile(file: string, text: string): RecipeFile {
  let input: unknown
  try {
    input = JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StudioError('recipe/json-syntax', { file, reason })
  }
  if (typeof input !== 'object' || input === null || !('data' in input))
    return { recipe: parseRecipe(input), data: null }
  const { data, ...rest } = input
  return { recipe: parseRecipe(rest), data: parseData(data) }
}

function parseData(data: unknown): DataSettings | null {
  if (data === null) return null
  try {
    return parseStepConfig(dataSettingsSchema(), data)
  } catch (error) {
    if (!(error instanceof StudioError)) throw error
    const { field = '', expected = '', found = '' } = error.params
    throw new StudioError('recipe/invalid', {
      field: field === '' ? 'data' : `data.${field}`,
      expected,
      found,
    })
  }
}
