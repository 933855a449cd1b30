import { useTranslation } from 'react-i18next'
import { Term } from '../ui-kit/term'

export type TermId =
  | 'accuracy'
  | 'affine'
  | 'agreement'
  | 'biases'
  | 'bitPacked'
  | 'bits'
  | 'clipped'
  | 'cosine'
  | 'entropyBound'
  | 'exactMatch'
  | 'global'
  | 'kl'
  | 'labelAccuracy'
  | 'linear'
  | 'macs'
  | 'mae'
  | 'mean'
  | 'meanAndStd'
  | 'microF1'
  | 'outputsR2'
  | 'perChannel'
  | 'preparation'
  | 'r2'
  | 'random'
  | 'ratio'
  | 'relativeError'
  | 'sigma'
  | 'sparse'
  | 'sparsity'
  | 'sqnr'
  | 'symmetric'
  | 'threshold'
  | 'zipped'

/** A term of the field, explained in two lines with its formula and source. */
export function TermText({ id, label }: { readonly id: TermId; readonly label?: string }) {
  const { t } = useTranslation('terms')
  return (
    <Term
      text={t(`${id}.text`)}
      formula={t(`${id}.formula`)}
      source={{ label: t(`${id}.source`), url: t(`${id}.url`) }}
    >
      {label ?? t(`${id}.name`)}
    </Term>
  )
}
