/** Weights that are there twice, at most, while a model gets other ones: a larger tensor is given back first. */
export const REPLACED_AT_ONCE = 2 ** 22
