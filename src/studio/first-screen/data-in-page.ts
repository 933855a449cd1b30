/** The element that holds the list of samples in the page of a build. */
export const SAMPLES_ID = 'samples-in-page'

/** The element that names the files that the studio starts from. */
export const PARTS_ID = 'parts-of-the-studio'

/** The element with the styles of the first screen, until the studio takes its place. */
export const STYLES_ID = 'styles-in-page'
