import { z } from 'zod'
import { StudioError } from '../core/errors'

// Under a strict content security policy zod must not probe for `new Function`.
z.config({ jitless: true })

/**
 * Parses untrusted step settings (a recipe file, the address bar, storage).
 * @throws StudioError 'recipe/invalid' with the path of the first wrong field
 */
export function parseStepConfig<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): z.infer<Schema> {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw new StudioError('recipe/invalid', {
    field: issue?.path.join('.') ?? '',
    expected: issue?.message ?? '',
    found: describe(valueAt(input, issue?.path ?? [])),
  })
}

function describe(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value)
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined,
    input,
  )
}
