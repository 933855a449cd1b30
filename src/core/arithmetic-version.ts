/**
 * Version of the arithmetic: of everything between settings and figures, which is codes, decoded values, sizes,
 * scores and the steps of training. Whatever is kept and would be another figure, or go on to one, carries it.
 *
 * Raise it in the commit after which equal settings on the same model and data give other bytes or other figures, and
 * add a line below. Ask: measured anew, would a point that somebody has kept say anything else? A figure that is given up,
 * or counts otherwise, is another figure, and so it is where few models have it: there is one number for all.
 *
 * It stays where nothing kept is concerned: a new setting that is off, a model or a file that could not be measured
 * before, data that is read otherwise (its hash and its settings name the points), words. Nor does a backend raise it:
 * those differ within one version as well.
 *
 * 1. Scales are doubles. Never written down: what carries no version is of this one.
 * 2. Scales are float32, rounded up, also of learned ranges; the last block of a group may be short; zips are
 *    deflated by the strategy that suits each file.
 * 3. Outputs without labels are compared by what they mean: colours, boxes and embeddings are no classes, and
 *    are no longer turned into logits. Classes with one or two samples are split together; quantities are not
 *    taken for classes when samples are split.
 * 4. Outputs of which all sides but one are 1, as [1, 1, n] and [n, 1, 1], are one row of n: what they mean is
 *    guessed, and agreement counted, as of [n].
 * 5. A model that filters were removed from is compared with what was opened, not with what the removal left; reports
 *    name it, so every zip has another length. Without a step each tensor is stored as it was, also where float16 would
 *    hold it.
 * 6. Iterative pruning removes the same share of what is left in each round, with the learning rate from its peak
 *    again; layers with a sparsity of their own follow a curve of their own.
 * 7. A run that goes on from weights with learned ranges begins with these ranges, and not with narrower ones; no range
 *    holds back statistics of batch normalisation, which gradients do not move, and these are measured anew after every epoch.
 * 8. What outputs are is read off the operators that make them, also behind those that only hand them on: a softmax or
 *    sigmoid before a reshape or in each step of a sequence counts as one, the activation of an LSTM does not. Without data
 *    graph models of tokens are shown tokens.
 * 9. Biases of layers of channels first, and of layers that run at each step of a sequence, are corrected as well.
 * 10. Training goes around a softmax or sigmoid also where it only stands before a reshape, a flatten or a dropout, or in
 *    each step of a sequence, and no longer around the activation of an LSTM.
 * 11. Columns of embeddings count among the channels that may be removed: the same share takes others.
 * 12. Channels of a matrix on the left of a batched product are those of its own side, whichever side is turned round.
 * 13. Biases of graph models are corrected, and what their layers are given weighs in the table of sensitivity;
 *    weights of their Einsums are kernels.
 * 14. Layers models train by their graph: sums are added in another order, and noise is other noise. Activations of few
 *    bits are rounded in models inside the model as well, and no longer behind what only hands on.
 * 15. Layers models that trained as layers still, since a setting had no operator or stock TensorFlow.js computes something
 *    wrongly on a backend, train by their graph too.
 * 16. In layers files of TensorFlow.js kernels with a scale for each channel are codes, and no floats any more.
 * 17. What learned ranges learn from is summed in double precision, and on WebAssembly in another order. Where
 *    a batch goes in pieces, noise is of the sample and no more of the piece, and gradients of the pieces are summed
 *    before they go through masks and codes. Noise is another one for another seed of the run. Files of ONNX that are
 *    written from a graph have normalizations in their kernels, and reports are shorter.
 */
export const ARITHMETIC_VERSION = 17

/** Whether something that was kept says that this arithmetic computed it; one that is newer is another, too. */
export function isOfThisArithmetic(kept: unknown): boolean {
  return (
    typeof kept === 'object' &&
    kept !== null &&
    'arithmetic' in kept &&
    kept.arithmetic === ARITHMETIC_VERSION
  )
}
