/** How the numbers of a model's output are to be read. */
export type OutputKind =
  /** Rows sum to one. */
  | 'probabilities'
  /** Each between 0 and 1 by itself. */
  | 'sigmoid'
  /** Anything: the largest wins. */
  | 'scores'
