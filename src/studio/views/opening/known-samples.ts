import { createContext } from 'react'
import type { Sample } from '../../files/samples'

/** The samples, where the page holds their list already. */
export const KnownSamples = createContext<readonly Sample[] | null>(null)
