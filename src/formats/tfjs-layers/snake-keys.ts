import { StudioError } from '../../core/errors'
import type { Json, JsonObject } from '../../files/read-json'
import { isObject } from '../tfjs-files/config-reader'

/**
 * tfjs turns every key to camelCase before it reads it, so `inbound_nodes` and `inboundNodes` are one
 * field to it. Keys become snake_case here, and an object with both is refused: what is checked must be
 * what is built.
 * @throws StudioError 'open/duplicate-name'
 */
export function snakeKeys(file: string, field: string, object: JsonObject): JsonObject {
  const result: JsonObject = {}
  const origin = new Map<string, string>()
  for (const [key, value] of Object.entries(object)) {
    const snake = /^[a-z][a-zA-Z\d]*$/.test(key)
      ? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
      : key
    const meaning = snake.replace(/_+(\w|$)/g, (_, letter: string) => letter.toUpperCase())
    const first = origin.get(meaning)
    if (first !== undefined)
      throw new StudioError('open/duplicate-name', {
        file,
        field: `${field}.${key}`,
        name: key,
        first,
      })
    origin.set(meaning, `${field}.${key}`)
    result[snake] = snakeValue(file, `${field}.${key}`, value)
  }
  return result
}

function snakeValue(file: string, field: string, value: Json): Json {
  if (Array.isArray(value))
    return value.map((item, index) => snakeValue(file, `${field}[${index}]`, item))
  return isObject(value) ? snakeKeys(file, field, value) : value
}
