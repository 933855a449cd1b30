import { StudioError, isStudioError } from '../../core/errors'
import { defaultRecipe, parseRecipe, withoutTraining } from '../../techniques/recipe'
import type { Recipe } from '../../techniques/recipe'

/** Settings are a few hundred characters; more is not ours. */
const MOST_CHARACTERS = 2 ** 18

export interface SettingsLink {
  readonly sampleId: string
  readonly recipe: Recipe
}

/**
 * The part of an address behind '#': a sample and its settings. Trained weights do not fit an address, so
 * the link goes to the same settings on the weights of the file.
 */
export async function writeLink({ sampleId, recipe }: SettingsLink): Promise<string> {
  const text = JSON.stringify(withoutTraining(recipe))
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream('deflate-raw'))
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer())
  const code = btoa(String.fromCharCode(...bytes))
  const safe = code.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
  return `#${new URLSearchParams({ sample: sampleId, settings: safe }).toString()}`
}

/**
 * Reads an address, which may be anybody's; without settings they are the default ones.
 * @returns null where it names no sample
 * @throws StudioError 'recipe/link'
 */
export async function readLink(hash: string): Promise<SettingsLink | null> {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''))
  const sampleId = parameters.get('sample')
  const settings = parameters.get('settings')
  if (sampleId === null) return null
  if (settings === null) return { sampleId, recipe: defaultRecipe }
  try {
    return { sampleId, recipe: parseRecipe(JSON.parse(await unpack(settings))) }
  } catch (thrown) {
    throw new StudioError('recipe/link', { reason: reasonOf(thrown) })
  }
}

function reasonOf(thrown: unknown): string {
  return isStudioError(thrown)
    ? `no setting fits at ${thrown.params['field'] ?? ''}`
    : 'they were cut short or changed'
}

async function unpack(code: string): Promise<string> {
  const binary = atob(code.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0))
  const plain = new Blob([bytes])
    .stream()
    .pipeThrough(new DecompressionStream('deflate-raw'))
    .pipeThrough(new TextDecoderStream())
  let text = ''
  for await (const part of plain) {
    text += part
    if (text.length > MOST_CHARACTERS) throw new RangeError('too long for settings')
  }
  return text
}
