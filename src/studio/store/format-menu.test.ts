import { expect, it } from 'vitest'
import { containerIds } from '../../core/model-summary'
import type { ContainerId, ExportTarget } from '../../core/model-summary'
import { formats } from '../../formats/importers'
import { VARIANTS, formatMenu } from './format-menu'

const targets = containerIds.map((container): ExportTarget => ({ container, precision: 'exact' }))

const firsts: Readonly<Record<string, readonly string[]>> = {
  'tfjs-layers': ['tfjs', 'onnx', VARIANTS, 'keras', 'kerasH5', 'kerasWeights', 'safetensors'],
  'tfjs-graph': ['tfjs', 'onnx', VARIANTS, 'keras', 'kerasH5', 'kerasWeights', 'safetensors'],
  keras: ['keras', 'kerasH5', 'kerasWeights', 'tfjs', 'onnx', VARIANTS, 'safetensors'],
  onnx: ['onnx', VARIANTS, 'tfjs', 'safetensors', 'keras', 'kerasH5', 'kerasWeights'],
  safetensors: ['safetensors', 'onnx', VARIANTS, 'tfjs', 'keras', 'kerasH5', 'kerasWeights'],
  pytorch: ['safetensors', 'onnx', VARIANTS, 'tfjs', 'keras', 'kerasH5', 'kerasWeights'],
}

it.each(formats.map(({ id }) => id))(
  'a model of %s is offered in its own kind of files first, each once',
  (format) => {
    expect(formatMenu({ format, targets })).toEqual(firsts[format])
  },
)

it('a kind of files that a model cannot be is not offered, and of Keras the opened one is first', () => {
  const of = (containers: readonly ContainerId[]): readonly ExportTarget[] =>
    containers.map((container) => ({ container, precision: 'exact' }))
  expect(formatMenu({ format: 'pytorch', targets: of(['safetensors']) })).toEqual(['safetensors'])
  const opened = of(['tfjs', 'kerasH5', 'keras', 'kerasWeights'])
  expect(formatMenu({ format: 'keras', targets: opened })).toEqual([
    ...['kerasH5', 'keras', 'kerasWeights', 'tfjs'],
  ])
})
