import { useTranslation } from 'react-i18next'
import type { ExportTarget } from '../../../core/model-summary'
import { formatBytes, formatSignificant } from '../../../ui-kit/format-number'
import { decodingOf, storedAs } from '../../store/export-target'
import { useStudio } from '../../store/store'
import { sentences } from '../../words/joining'

/** What a file that decodes itself takes, beside the one that does not; nothing of any other. */
export function useDecodingText(target: ExportTarget): string {
  const { t } = useTranslation('page')
  const cost = useStudio((state) => decodingOf(state, target))
  const stored = useStudio((state) => storedAs(state, target))
  const exact = useStudio((state) => storedAs(state, { ...target, precision: 'exact' }))
  if (cost === null) return ''
  const { held, ms, plain } = cost
  return sentences(
    stored !== null &&
      exact !== null &&
      t('download.decoding.shards', { own: formatBytes(stored), exact: formatBytes(exact) }),
    t('download.decoding.memory', { own: formatBytes(held), plain: formatBytes(plain) }),
    ms !== null && t('download.decoding.time', { time: `${formatSignificant(ms, 2)}\u00A0ms` }),
  )
}
