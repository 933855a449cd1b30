/** Called between the pieces of long reads and writes; throws to cancel. */
export type Between = (done: number, total: number) => Promise<void>
