import type { Sample } from '../files/samples'
import { readSamples } from '../files/samples'
import { SAMPLES_ID } from './data-in-page'

/** The samples that the build wrote into its page. null where it did not, as while developing. */
export function samplesInPage(page: Document): readonly Sample[] | null {
  const text = page.getElementById(SAMPLES_ID)?.textContent
  if (text === undefined) return null
  try {
    return readSamples(JSON.parse(text))
  } catch {
    // Then they are fetched, and what is wrong with them is said.
    return null
  }
}
