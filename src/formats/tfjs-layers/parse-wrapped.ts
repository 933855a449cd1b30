import { StudioError } from '../../core/errors'
import { checkName } from '../../files/read-json'
import { readerOf } from '../tfjs-files/config-reader'
import type { ConfigReader } from '../tfjs-files/config-reader'
import { cellClass } from './layer-catalog'
import type { WrappedLayer } from './topology'
import type { LayerDraft, RepairContext } from './topology-repair'

/** A map: a file may call a class like what every object has. */
const refusals = new Map<string, 'open/python-layer' | 'open/tensorflow-function'>([
  ['Lambda', 'open/python-layer'],
  ['TFOpLambda', 'open/tensorflow-function'],
  ['SlicingOpLambda', 'open/tensorflow-function'],
  ['TensorFlowOpLayer', 'open/tensorflow-function'],
])

/** The refusal of a class that tfjs cannot build; Python code and functions of TensorFlow have sentences of their own. */
export function unknownLayer(file: string, layer: string, className: string): StudioError {
  return new StudioError(refusals.get(className) ?? 'open/unknown-layer', {
    file,
    layer,
    className,
  })
}

/**
 * Reads the layer inside a TimeDistributed or Bidirectional, or the cells inside an RNN.
 * @returns an empty list for layers that hold none
 * @throws StudioError 'open/unknown-layer', 'open/unsupported-setting', 'open/field'
 */
export function parseWrapped(context: RepairContext, layer: LayerDraft): WrappedLayer[] {
  switch (layer.className) {
    case 'RNN':
      return cells(context, layer)
    case 'TimeDistributed':
      return [innerLayer(context, layer)]
    case 'Bidirectional': {
      const inner = innerLayer(context, layer)
      checkBackward(context, layer, inner)
      return [inner]
    }
    default:
      return []
  }
}

function innerLayer(context: RepairContext, outer: LayerDraft): WrappedLayer {
  const json = outer.config.reader('layer')
  const inner = repaired(context, outer.name, json)
  const { config, className } = inner
  const name = config.has('name') ? config.string('name') : outer.name
  config.object['name'] = name
  checkName(context.file, config.path('name'), name)
  const known = context.dialect.catalog.layerClass(className)
  const fits =
    outer.className === 'Bidirectional'
      ? known?.kind === 'recurrent' && className !== 'ConvLSTM2D'
      : known !== undefined && className !== 'InputLayer'
  if (!fits) throw unknownLayer(context.file, `${outer.name}.layer`, className)
  return { name, className, config }
}

function repaired(context: RepairContext, name: string, json: ConfigReader): LayerDraft {
  const draft = { name, className: json.string('class_name'), config: json.reader('config') }
  context.dialect.repair(context, draft)
  json.object['class_name'] = draft.className
  return draft
}

/** tfjs makes the backward layer from the forward one and never reads `backward_layer`. */
function checkBackward(context: RepairContext, outer: LayerDraft, forward: WrappedLayer): void {
  if (!outer.config.has('backward_layer')) return
  const told = outer.config.reader('backward_layer')
  const draft = {
    ...{ name: outer.name, className: told.string('class_name') },
    config: told.reader('config'),
  }
  // In the spelling of the forward one, about which all has been said already.
  context.dialect.repair({ ...context, notes: [], masks: { from: [], zeroOutput: [] } }, draft)
  const backward = draft.config.object
  const same =
    draft.className === forward.className &&
    ['units', 'activation', 'recurrent_activation', 'use_bias', 'reset_after'].every(
      (key) =>
        JSON.stringify(backward[key] ?? null) ===
        JSON.stringify(forward.config.object[key] ?? null),
    )
  if (!same)
    throw new StudioError('open/unsupported-setting', {
      file: context.file,
      layer: outer.name,
      setting: 'backward_layer',
      value: forward.className,
      reason: 'TensorFlow.js runs the same kind of layer in both directions',
    })
  delete outer.config.object['backward_layer']
}

function cells(context: RepairContext, layer: LayerDraft): WrappedLayer[] {
  const cell = layer.config.reader('cell')
  const stacked = cell.string('class_name') === 'StackedRNNCells'
  const readers = stacked
    ? cell
        .reader('config')
        .array('cells')
        .map((item, index) =>
          readerOf(context.file, `${cell.path('config')}.cells[${index}]`, item),
        )
    : [cell]
  if (readers.length === 0) cell.fail('config', 'at least one cell')
  return readers.map((json) => {
    const draft = repaired(context, layer.name, json)
    if (cellClass(draft.className) === undefined)
      throw unknownLayer(context.file, `${layer.name}.cell`, draft.className)
    return draft
  })
}
