import type { Sample } from '../files/samples'
import { SAMPLES_ID } from './data-in-page'

/**
 * The samples that the build wrote into its page, which checked them: they come with the page, as its code does.
 * null where it did not, as while developing.
 */
export function samplesInPage(page: Document): readonly Sample[] | null {
  const text = page.getElementById(SAMPLES_ID)?.textContent
  return text === undefined ? null : (JSON.parse(text) as readonly Sample[])
}
