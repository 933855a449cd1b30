import { message, node, onnxModel, port } from './onnx-writer'
import type { Field } from './onnx-writer'

const BOOL = 9
const FLOAT = 1

/** A value that has no sides and is a truth. */
function truth(name: string): Uint8Array {
  return message([1, name], [2, message([1, message([1, BOOL], [2, message()])])])
}

/** A file of ONNX whose `Loop` never comes to its end: nothing counts its rounds, and the condition to go on stays true. */
export function endlessLoop(): Uint8Array {
  const round: readonly Field[] = [
    [1, node('Identity', ['go'], ['goes_on'])],
    [1, node('Mul', ['value', 'half'], ['next'])],
    [2, 'round'],
    [11, message([1, 'at'], [2, message([1, message([1, 7], [2, message()])])])],
    [11, truth('go')],
    [11, port('value', [1, 2])],
    [12, truth('goes_on')],
    [12, port('next', [1, 2])],
  ]
  const body = message([1, 'body'], [20, 5], [6, message(...round)])
  const loop = message([1, ''], [1, 'start'], [1, 'x'], [2, 'y'], [4, 'Loop'], [5, body])
  const half = message([2, FLOAT], [8, 'half'], [9, new Uint8Array(Float32Array.of(0.5).buffer)])
  const start = message([2, BOOL], [8, 'start'], [9, Uint8Array.of(1)])
  return onnxModel(
    [1, loop],
    [5, half],
    [5, start],
    [11, port('x', [1, 2])],
    [12, port('y', [1, 2])],
  )
}
