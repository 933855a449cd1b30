import type { Page } from '@playwright/test'
import type { OutputsRequest } from '../../src/protocol/measure-messages.ts'
import type { OutputNumbers } from '../../src/studio/commands/outputs-command.ts'
import type { Recipe } from '../../src/techniques/recipe.ts'

interface Scripting {
  recipe: () => Recipe
  outputs: (request: OutputsRequest) => Promise<OutputNumbers>
}

/** Asks the page, through the handle it offers to its console, what the model computes. */
export async function pageOutputs(
  page: Page,
  request: Pick<OutputsRequest, 'split' | 'first'> & { readonly model: 'original' | 'compressed' },
): Promise<{ values: Float32Array; classes: number }> {
  const { text, classes } = await page.evaluate(async ({ split, first, model }) => {
    const studio = Reflect.get(globalThis, 'compressionStudio') as Scripting
    const recipe = model === 'original' ? null : studio.recipe()
    const outputs = await studio.outputs({ split, first, recipe })
    const bytes = new Uint8Array(outputs.values.buffer)
    let binary = ''
    for (const byte of bytes) binary += String.fromCharCode(byte)
    return { text: btoa(binary), classes: outputs.classes }
  }, request)
  return { values: new Float32Array(new Uint8Array(Buffer.from(text, 'base64')).buffer), classes }
}
