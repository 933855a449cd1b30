import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answersOf, distance } from '../../../testing/engine/distance'
import { slopesAlong } from '../../../testing/engine/slopes-along'
import { nodeCases } from '../../../testing/files/onnx-node-cases'
import type { OnnxNumbers } from '../../../testing/files/onnx-tensor'
import { startWasmBackend } from '../../engine/host/wasm-in-node'
import { Program } from '../../engine/program/program'
import type { OpenedModel } from '../format'
import { openModel } from '../importers'
import { knownOperators } from './lowering/table'

const go = () => Promise.resolve()

/** As a share of the largest value of an output. */
const TOLERANCE = 1e-5
/** Of a slope, as a share of what it would be if nothing in it cancelled. */
const OF_SLOPES = 0.01
/** A case of each operator is differentiated, the first of no more numbers, all of them finite. */
const MOST_NUMBERS = 4000

/** Their gradients are no slopes: through rounding they go as if nothing was rounded, and sizes are not learnt. */
const otherwise = ['DynamicQuantizeLinear', 'QuantizeLinear', 'Range']
/** Cases of these are too large for the line: the gradients of the graph have both (`gradients.engine.test.ts`). */
const byTheGraph = ['Erf', 'Mish']
/** What they give is a truth, or a place. */
const noReal = ['IsInf', 'IsNaN', 'NonZero']

/** Cases that are packed: a file that holds fewer would prove less. */
const PACKED = 1146
/** Operators whose gradients are compared with slopes. */
const DERIVED = 116

const wrong: string[] = []
const wrongSlopes: string[] = []
const derived = new Set<string>()
/** Operators that have no real number to be derived by, in all of their cases. */
const without = new Set<string>()

function differ(
  opened: OpenedModel,
  inputs: readonly OnnxNumbers[],
  outputs: readonly OnnxNumbers[],
) {
  const program = new Program(opened)
  const given = inputs.map(({ dtype, shape, values }) => tf.tensor([...values], [...shape], dtype))
  const found = program.predict(given)
  const apart = distance(answersOf(found), outputs)
  tf.dispose([given, found])
  program.dispose()
  return apart
}

/** The operator of a case of one alone. */
function operatorOf({ layers }: OpenedModel): string | null {
  const own = layers.filter(({ className }) => className !== 'Initializer')
  return own.length === 1 ? (own[0]?.className ?? null) : null
}

async function derive(name: string, opened: OpenedModel, inputs: readonly OnnxNumbers[]) {
  const operator = operatorOf(opened)
  const all = inputs.flatMap(({ values }) => [...values])
  const isFit = all.length <= MOST_NUMBERS && all.every((value) => Number.isFinite(value))
  if (operator === null || !isFit || derived.has(operator) || otherwise.includes(operator)) return
  await tf.setBackend('cpu')
  const slopes = slopesAlong(opened, inputs)
  await tf.setBackend('wasm')
  if (slopes === null) without.add(operator)
  else {
    derived.add(operator)
    const { found, size, wanted } = slopes
    const isRight = Math.abs(found - wanted) <= OF_SLOPES * Math.max(1, size)
    if (!isRight) wrongSlopes.push(`${name}: ${JSON.stringify(slopes)}`)
  }
}

beforeAll(async () => {
  await startWasmBackend()
  const cases = await nodeCases()
  expect(cases.size).toBeGreaterThanOrEqual(PACKED)
  for (const [name, { model, numbers }] of cases) {
    const opened = await openModel(model, go)
    const inputs = await numbers('input')
    const apart = differ(opened, inputs, await numbers('output'))
    if (!(apart <= TOLERANCE)) wrong.push(`${name}: ${apart}`)
    await derive(name, opened, inputs)
  }
})
afterAll(() => tf.setBackend('cpu'))

describe('operators of ONNX, by cases of the ONNX project:', () => {
  it('say what these say', () => {
    expect(wrong).toEqual([])
  })

  it('have gradients that are the slopes of what they compute', () => {
    expect(wrongSlopes).toEqual([])
    expect(derived.size).toBeGreaterThanOrEqual(DERIVED)
    const others = knownOperators().filter((name) => !derived.has(name))
    expect(others.filter((name) => !without.has(name)).toSorted()).toEqual(
      [...otherwise, ...byTheGraph, ...noReal].toSorted(),
    )
  })
})
