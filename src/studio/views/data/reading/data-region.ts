/** The part of the page that shows data; it has the focus where what had it is gone. */
export const DATA_REGION = 'data-region'
