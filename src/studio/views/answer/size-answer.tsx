import { useTranslation } from 'react-i18next'
import { ONNX_FILES } from '../../../core/model-summary'
import { TermText } from '../../../techniques/term-text.ui'
import { formatBytes, formatRatio } from '../../../ui-kit/format-number'
import { chosenZip, containerOf, isZipOfThese } from '../../store/export-target'
import { isUntouched } from '../../store/recipe-slice'
import { useStudio } from '../../store/store'
import { openedBytes, zipBytes } from '../../store/zip-bytes'
import classes from './answer-strip.module.css'
import { BeforeAfter } from './before-after'

/** Size before and after: of what the person opened, and of the download. */
export function SizeAnswer() {
  const { t } = useTranslation('page')
  const model = useStudio((state) => state.model)
  const sizes = useStudio((state) => state.sizes)
  const container = useStudio(containerOf)
  const place = useStudio((state) => state.reportPlace)
  const chosen = useStudio(chosenZip)
  const isOfThese = useStudio(isZipOfThese)
  const stale = useStudio((state) => state.sizes !== null && state.sizes.recipe !== state.recipe)
  if (model === null) return null
  const { original, removed } = model
  const before = openedBytes(original)
  const shards = original.own?.storedBytes ?? original.float32Bytes
  const after = sizes?.value ?? null
  const zipped = after === null ? 0 : zipBytes(after, place)
  const mark = after === null || after.zippedIsExact ? '' : '≈\u00A0'
  // Codes that such a file cannot hold go out decoded, without a step too.
  const isDecoded =
    container !== ONNX_FILES && original.own !== null && after !== null && after.stored > shards
  const isAsItWas = sizes !== null && removed === null && !isDecoded && isUntouched(sizes.recipe)
  const notes = [
    ...(after === null
      ? []
      : [
          t(`answer.shards.${container}`, {
            before: formatBytes(shards),
            after: formatBytes(after.stored),
          }),
        ]),
    ...(original.own === null
      ? []
      : [t('answer.ownFiles', { float32: formatBytes(original.zippedFloat32Bytes) })]),
    ...(removed === null
      ? []
      : [t('answer.removed', { left: formatBytes(model.zippedFloat32Bytes) })]),
  ]
  return (
    <div className={classes['answer']} data-stale={stale || undefined}>
      <div className={classes['name']}>
        <TermText id="zipped" label={t('answer.zipped')} />
        {after !== null && (
          <span className={classes['ratio']} data-exact={after.zippedIsExact || undefined}>
            {isAsItWas ? (
              t('answer.asItWas')
            ) : (
              <Change
                before={before}
                after={zipped}
                mark={mark}
                hasSameShards={shards === after.stored}
              />
            )}
          </span>
        )}
      </div>
      <BeforeAfter
        before={formatBytes(before)}
        after={after === null ? '…' : `${mark}${formatBytes(zipped)}`}
      />
      <div className={classes['note']}>
        {notes.join(' · ')}
        {isAsItWas && place === 'inside' && (
          <span className={classes['wideOnly']}>
            {` · ${t('answer.reportInside', { size: formatBytes(sizes.value.reportBytes) })}`}
          </span>
        )}
        {typeof chosen === 'number' && after !== null && (
          <span className={classes['wideOnly']}>
            {` · ${t(isOfThese ? 'answer.chosen' : 'answer.chosenBefore', { size: formatBytes(chosen) })}`}
          </span>
        )}
      </div>
    </div>
  )
}

interface Bytes {
  readonly before: number
  readonly after: number
  readonly mark: string
  readonly hasSameShards: boolean
}

/** How many times smaller or larger; where that would be 1.00 times, by how much. */
function Change({ before, after, mark, hasSameShards }: Bytes) {
  const { t } = useTranslation('page')
  // Beside shards of two sizes only the zips are the same.
  if (after === before) return t(hasSameShards ? 'answer.same' : 'answer.sameZip')
  const ratio = before / Math.max(1, after)
  if (Math.abs(ratio - 1) < 0.005)
    return t(after < before ? 'answer.fewerBytes' : 'answer.moreBytes', {
      bytes: mark + formatBytes(Math.abs(after - before)),
    })
  return ratio > 1
    ? t('answer.smaller', { mark, ratio: formatRatio(ratio) })
    : t('answer.larger', { mark, ratio: formatRatio(1 / ratio) })
}
