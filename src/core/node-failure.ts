/** A kernel that stopped: in which layer, and what it was given. */
export class NodeFailure extends Error {
  constructor(
    readonly layer: string,
    readonly shapes: string,
    cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.name = 'NodeFailure'
  }
}
