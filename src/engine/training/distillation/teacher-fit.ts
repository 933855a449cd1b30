import { columnsOf } from '../../../core/output-columns'
import type { OutputKind } from '../../../core/output-kind'
import * as tf from '@tensorflow/tfjs'
import { StudioError } from '../../../core/errors'
import { pictureForm } from '../../../data/input-form'
import { shapeText } from '../../../core/shape-text'
import type { TeacherInputs } from './teacher-inputs'
import type { NumbersFit } from './teacher-numbers'
import type { RunnableModel } from '../../model/runnable-model'

/** How a student's input becomes the teacher's. */
export interface TeacherFit extends Pick<TeacherInputs, 'order'> {
  /** Height and width that pictures are resized to; null: they fit as they are. */
  readonly resize: readonly [number, number] | null
  /** Where the channels of pictures stand, if they stand elsewhere in the teacher. */
  readonly channels: { readonly first: 'student' | 'teacher' | 'both' } | null
  /** null: its numbers are those of its student. */
  readonly numbers: NumbersFit | null
}

type Ports = Pick<RunnableModel, 'inputs' | 'outputs'>

type Sides = readonly (number | null)[]

/**
 * Compares what goes in and comes out. The order of classes cannot be seen here: a teacher with another one
 * shows in its accuracy.
 * @param order which of the student's inputs each of the teacher's is given
 * @throws StudioError 'train/teacher-mismatch'
 */
export function teacherFit(student: Ports, teacher: Ports, order: TeacherFit['order']): TeacherFit {
  const mismatch = (what: string, expected: string, found: string): StudioError =>
    new StudioError('train/teacher-mismatch', { what, expected, found })
  const [input, ...others] = inOrder(student.inputs, order)
  const [own, ...more] = teacher.inputs
  if (input === undefined || own === undefined || others.length !== more.length)
    throw mismatch('inputs', String(student.inputs.length), String(teacher.inputs.length))
  const [output] = student.outputs
  const [answer] = teacher.outputs
  const columns = columnsOf(output?.shape ?? [])
  const found = columnsOf(answer?.shape ?? [])
  if (output?.shape.length !== answer?.shape.length || columns !== found)
    throw mismatch(
      'outputs',
      shapeText(output?.shape.slice(1) ?? []),
      shapeText(answer?.shape.slice(1) ?? []),
    )
  const [wanted, other] = [familyOf(output?.kind), familyOf(answer?.kind)]
  if (wanted !== other) throw mismatch('kind', wanted, other)
  others.forEach(({ shape }, index) => {
    const other = more[index]?.shape ?? []
    if (!sameSides(shape, other))
      throw mismatch('inputs', shapeText(shape.slice(1)), shapeText(other.slice(1)))
  })
  const fit = pictureFit(input.shape, own.shape)
  if (fit === null)
    throw mismatch('inputs', shapeText(input.shape.slice(1)), shapeText(own.shape.slice(1)))
  return { order, ...fit, numbers: null }
}

/** @returns null where they are other pictures, or none */
function pictureFit(
  student: Sides,
  teacher: Sides,
): Pick<TeacherFit, 'resize' | 'channels'> | null {
  if (sameSides(student, teacher)) return { resize: null, channels: null }
  if (student.length !== 4 || teacher.length !== 4) return null
  const [own, other] = [student, teacher].map(picturePlaces)
  if (own === undefined || other === undefined || own.channels !== other.channels) return null
  const channels =
    own.isFirst || other.isFirst
      ? ({ first: own.isFirst ? (other.isFirst ? 'both' : 'student') : 'teacher' } as const)
      : null
  const { height, width } = other
  if (height === own.height && width === own.width) return { resize: null, channels }
  return height === null || width === null ? null : { resize: [height, width], channels }
}

function picturePlaces(shape: Sides) {
  const [, first = null, second = null, third = null] = shape
  const isFirst = pictureForm(shape.slice(1))?.layout === 'channelsFirst'
  return isFirst
    ? { isFirst, channels: first, height: second, width: third }
    : { isFirst, channels: third, height: first, width: second }
}

/** @param order for each input of the teacher that of the student */
function inOrder<One>(inputs: readonly One[], order: TeacherFit['order']): readonly One[] {
  return order === null ? inputs : order.flatMap((place) => inputs[place] ?? [])
}

/** Both ends leave a side open, or it is the same. */
function sameSides(left: Sides, right: Sides): boolean {
  return (
    left.length === right.length &&
    left.every((side, index) => {
      const other = right[index] ?? null
      return index === 0 || side === null || other === null || side === other
    })
  )
}

/** Probabilities are scores after a softmax; a sigmoid answers another question. */
function familyOf(kind: OutputKind | undefined): string {
  return kind === 'sigmoid' ? 'sigmoid' : 'softmax'
}

/** Inputs in the teacher's order, the first in its size, layout and numbers. Inside a tidy. */
export function fitted(inputs: readonly tf.Tensor[], fit: TeacherFit): tf.Tensor[] {
  return inOrder(inputs, fit.order).map((input, index) =>
    index === 0 ? asNumbers(asPictures(input, fit), fit) : input,
  )
}

function asNumbers(input: tf.Tensor, { numbers }: TeacherFit): tf.Tensor {
  if (numbers === null) return input
  const { scale, shift, isFirst, isReversed, isWhole } = numbers
  // Rows of numbers have their channels last.
  const sides = isFirst ? [scale.length, 1, 1] : [scale.length]
  const given = input.rank < 3 ? tf.reshape(input, [-1, scale.length]) : tf.cast(input, 'float32')
  const own = isReversed ? tf.reverse(given, isFirst ? 1 : given.rank - 1) : given
  const made = tf.add(tf.mul(own, tf.tensor([...scale], sides)), tf.tensor([...shift], sides))
  const again = tf.reshape(made, input.shape)
  return isWhole ? tf.cast(tf.round(again), 'int32') : again
}

function asPictures(input: tf.Tensor, { channels, resize }: TeacherFit): tf.Tensor {
  if (resize === null && channels?.first === 'both') return input
  const isFirst = channels !== null && channels.first !== 'teacher'
  const last = isFirst ? tf.transpose(input, [0, 2, 3, 1]) : input
  const sized = resize === null ? last : tf.image.resizeBilinear(last as tf.Tensor4D, [...resize])
  const goesFirst = channels !== null && channels.first !== 'student'
  return goesFirst ? tf.transpose(sized, [0, 3, 1, 2]) : sized
}

/** The teacher as a model that takes the student's inputs, to be measured like it. */
export function withFit(
  teacher: RunnableModel,
  fit: TeacherFit,
  student: RunnableModel,
): RunnableModel {
  const given = async (
    inputs: readonly tf.Tensor[],
    answer: (own: tf.Tensor[]) => tf.Tensor[] | Promise<tf.Tensor[]>,
  ): Promise<tf.Tensor[]> => {
    const own = tf.tidy(() => fitted(inputs, fit))
    try {
      return await answer(own)
    } finally {
      tf.dispose(own.filter((tensor) => !inputs.includes(tensor)))
    }
  }
  return {
    inputs: student.inputs,
    outputs: teacher.outputs,
    outputShapes: teacher.outputShapes,
    frozenBatch: teacher.frozenBatch,
    setWeights: (weights, between) => teacher.setWeights(weights, between),
    predict: (inputs) => given(inputs, (own) => teacher.predict(own)),
    lookInSteps: null,
    predictInSteps: (inputs, between) =>
      given(inputs, (own) => teacher.predictInSteps(own, between)),
    dispose: () => {
      teacher.dispose()
    },
  }
}
