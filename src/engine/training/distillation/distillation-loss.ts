import * as tf from '@tensorflow/tfjs'
import type { DistillationSettings } from '../../../training/training-settings'
import type { OutputReading } from '../network/objective'

/** How a teacher's answers count. */
export interface TaughtLoss {
  readonly reading: OutputReading
  readonly settings: DistillationSettings
}

/**
 * How far the student is from teacher and labels together, mean over the batch, a scalar on the tape.
 * @param student logits [batch, outputs], on the tape
 * @param teacher logits of the same samples
 * @param hard the loss of the labels
 */
export function taughtLoss(
  { reading, settings }: TaughtLoss,
  student: tf.Tensor,
  teacher: tf.Tensor,
  hard: () => tf.Scalar,
): tf.Scalar {
  const { alpha } = settings
  if (alpha === 1) return hard()
  // What was remembered has lost its sides.
  const known = teacher.rank === student.rank ? teacher : teacher.reshape(student.shape)
  const soft = distillationLoss(student, known, reading, settings)
  if (alpha === 0) return soft
  return hard()
    .mul(alpha)
    .add(soft.mul(1 - alpha))
    .asScalar()
}

/**
 * How far the student's outputs are from the teacher's, mean over the batch, a scalar on the tape.
 *
 * softened: T^2 KL(teacher || student) of the outputs divided by T, so that gradients keep their size whatever T is
 * (Hinton et al. 2015, arXiv:1503.02531, section 2). logits: mean squared difference; those of a softmax are centred
 * first, as they are certain only up to a constant. Numbers of a regression are compared as they are.
 *
 * @param student logits [batch, outputs], on the tape
 * @param teacher logits [batch, outputs]
 */
export function distillationLoss(
  student: tf.Tensor,
  teacher: tf.Tensor,
  reading: OutputReading,
  { temperature, loss }: Pick<DistillationSettings, 'temperature' | 'loss'>,
): tf.Scalar {
  if (reading === 'numbers') return meanSquare(student.sub(teacher))
  if (loss === 'logits') {
    const difference = student.sub(teacher)
    return meanSquare(
      reading === 'softmax' ? difference.sub(difference.mean(-1, true)) : difference,
    )
  }
  const [s, t] = [student.div(temperature), teacher.div(temperature)]
  const divergence = reading === 'softmax' ? softmaxDivergence(s, t) : sigmoidDivergence(s, t)
  return divergence
    .mean()
    .mul(temperature * temperature)
    .asScalar()
}

/** sum p (log p - log q) over the outputs, p and q the softmax of teacher and student. */
function softmaxDivergence(student: tf.Tensor, teacher: tf.Tensor): tf.Tensor {
  const logP = tf.logSoftmax(teacher)
  return logP
    .exp()
    .mul(logP.sub(tf.logSoftmax(student)))
    .sum(-1)
}

/** The same where each output is a yes or no by itself: p of yes and 1 - p of no. */
function sigmoidDivergence(student: tf.Tensor, teacher: tf.Tensor): tf.Tensor {
  const yes = tf.sigmoid(teacher)
  const difference = (sign: number): tf.Tensor =>
    logSigmoid(teacher.mul(sign)).sub(logSigmoid(student.mul(sign)))
  return yes
    .mul(difference(1))
    .add(tf.sub(1, yes).mul(difference(-1)))
    .sum(-1)
}

/** min(x, 0) - log(1 + exp(-|x|)): exact far from zero on every backend. */
function logSigmoid(x: tf.Tensor): tf.Tensor {
  return x.neg().relu().neg().sub(x.abs().neg().exp().add(1).log())
}

function meanSquare(difference: tf.Tensor): tf.Scalar {
  return difference.square().mean().asScalar()
}
