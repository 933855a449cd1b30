import * as tf from '@tensorflow/tfjs'
import {
  normalizedConvolution,
  normalizedConvolutionGradients,
} from '../../wasm-kernels/normalized-convolution'
import type { BatchStatistics } from '../pass'
import type { InPlane } from './convolutions'
import type { LearningNormalization } from './learning-normalization'
import { withGradients } from './with-gradients'

/** A convolution, and batch normalisation of what it gives. x is what the convolution reads. */
export type NormalizedConvolution = LearningNormalization & InPlane

/** One operation on the tape, with the statistics of this batch, which `moved` is told. Needs the SIMD kernels. */
export function convolvedAndNormalized(
  of: NormalizedConvolution,
  moved: (statistics: BatchStatistics) => void,
): tf.Tensor {
  const { x, filter, scale, offset, epsilon, activation, isDepthwise, convolution } = of
  const channels = [filter.shape[isDepthwise ? 2 : 3]]
  const gamma = scale ?? tf.ones(channels)
  const beta = offset ?? tf.zeros(channels)
  const attributes = { convolution: { ...convolution }, isDepthwise, epsilon, activation }
  let made: readonly tf.Tensor[] = []
  const y = withGradients({
    inputs: [x, filter, scale, offset],
    value: () => {
      const [y, ...others] = tf
        .engine()
        .runKernel<tf.Tensor[]>(
          normalizedConvolution.kernelName,
          { x, filter, gamma, beta },
          attributes,
        )
      made = others
      // They outlive the scope of the operation.
      for (const statistics of others.slice(1)) tf.keep(statistics)
      return y ?? missing()
    },
    keeps: (_, [ofX, ofFilter]) => [
      ...made,
      ...[gamma, beta],
      ...(ofFilter === true ? [x] : []),
      ...(ofX === true ? [filter] : []),
    ],
    gradients: (dy, kept, [ofX, ofFilter, ofScale, ofOffset]) => {
      const [sum, mean, variance, keptGamma, keptBeta, ...read] = kept
      if (sum === undefined || mean === undefined || variance === undefined) return missing()
      const numbers = ofScale === true || ofOffset === true
      const left = [...read]
      const inputs = {
        ...{ sum, dy, mean, variance, gamma: keptGamma ?? gamma, beta: keptBeta ?? beta },
        ...(ofFilter === true ? { x: left.shift() ?? missing() } : {}),
        ...(ofX === true ? { filter: left.shift() ?? missing() } : {}),
      }
      const found = tf
        .engine()
        .runKernel<tf.Tensor[]>(normalizedConvolutionGradients.kernelName, inputs, {
          ...attributes,
          ...{ inputShape: x.shape, filterShape: filter.shape, numbers },
        })
      const next = [...found]
      const [dx, dFilter, dScale, dOffset] = [ofX, ofFilter, numbers, numbers].map((isAsked) =>
        isAsked === true ? next.shift() : undefined,
      )
      return [dx, dFilter, dScale, dOffset].map((gradient) => () => gradient ?? missing())
    },
  })
  const [, mean, variance] = made
  if (mean === undefined || variance === undefined) return missing()
  moved({ mean, variance })
  tf.dispose([mean, variance])
  return y
}

function missing(): never {
  throw new RangeError('a normalised convolution without what its gradients need')
}
