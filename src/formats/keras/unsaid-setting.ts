import { StudioError } from '../../core/errors'
import { describeValue } from '../../core/short-text'
import type { Unsaid } from './lowering/meaning'

const eachOtherwise = 'versions of Keras crop otherwise, and the file does not say which wrote it'

/** The refusal to run a layer with a setting, or an argument, that no operators say. */
export function unsaidSetting(
  file: string,
  rows: readonly { readonly name: string; readonly config: Readonly<Record<string, unknown>> }[],
  { layer, setting, value: argument }: Unsaid,
): StudioError {
  const value = rows.find(({ name }) => name === layer)?.config[setting]
  return new StudioError('open/unsupported-setting', {
    ...{ file, layer, setting },
    value: argument ?? describeValue(value),
    reason: setting === 'keras_version' ? eachOtherwise : 'nothing here computes it',
  })
}
