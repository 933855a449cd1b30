/** How long the training of a search may take. */
export const MINUTES = { least: 1, usual: 10, most: 240 } as const
