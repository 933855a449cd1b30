import { z } from 'zod'
import { StudioError } from '../core/errors'
import { firstIssue } from '../core/first-issue'

// Under a strict content security policy zod must not probe for `new Function`.
z.config({ jitless: true })

/**
 * Parses untrusted step settings (a recipe file, the address bar, storage).
 * @param whole what the value is called where it is wrong itself and not one of its fields
 * @throws StudioError 'recipe/invalid' with the path of the first wrong field
 */
export function parseStepConfig<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  whole = '',
): z.infer<Schema> {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  const { field, ...facts } = firstIssue(result.error, input)
  throw new StudioError('recipe/invalid', { ...facts, field: field === '' ? whole : field })
}
