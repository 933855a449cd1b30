import { Button, Collapse, NativeSelect, Radio, Stack, UnstyledButton } from '@mantine/core'
import { IconChevronRight, IconDownload } from '@tabler/icons-react'
import { memo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isKerasContainer, isSameKind } from '../../../core/model-summary'
import type { ExportTarget } from '../../../core/model-summary'
import type { StoredKind } from '../../../formats/exporter'
import { formatBytes } from '../../../ui-kit/format-number'
import { decodedOf } from '../../words/size-reason'
import { commands } from '../../commands/page-commands'
import { foldedIn, isMadeAnyway, refusalOf, targetOf, zippedAs } from '../../store/export-target'
import { isUntouched } from '../../store/recipe-slice'
import { useStudio } from '../../store/store'
import { useErrorWords } from '../../words/use-error-words'
import classes from './download-card.module.css'
import { ActivationChoice } from './activation-choice'
import { DownloadReport } from './download-report'
import { ExportProgressBar } from './export-progress-bar'
import { ReportChoice } from './report-choice'
import { areVariantsWanted } from '../../store/variants-slice'
import { VARIANTS, formatMenu } from '../../store/format-menu'
import { useDecodingText } from './use-decoding-text'
import { zipBytes } from '../../store/zip-bytes'
import { VariantsPanel } from './variants-panel'
import { ErrorText } from '../../words/problem-alert'
import { clauses, labelled, listed, sentences } from '../../words/joining'

/** The way out: what is stored how, the bytes of the file on the button, then what was measured on it. */
export const DownloadCard = memo(function DownloadCard() {
  const { t } = useTranslation('page')
  const exporting = useStudio((state) => state.exporting)
  const target = useStudio(targetOf)
  const place = useStudio((state) => state.reportPlace)
  const wantsVariants = useStudio(areVariantsWanted)
  const [open, setOpen] = useState(false)
  return (
    <section aria-label={t('download.title')} className={classes['section']}>
      {exporting.state === 'done' && <DownloadReport done={exporting} />}
      {exporting.state === 'failed' && (
        <ErrorText error={exporting.error} onClose={commands.closeReport} />
      )}
      {exporting.state === 'running' || exporting.state === 'cancelling' ? (
        <ExportProgressBar />
      ) : (
        <>
          <Collapse expanded={open}>
            {open && (
              <Stack gap="sm" pb="xs">
                <TargetChoice />
                {!wantsVariants && <ReportChoice />}
              </Stack>
            )}
          </Collapse>
          <UnstyledButton
            className={classes['formatButton'] ?? ''}
            aria-expanded={open}
            onClick={() => {
              setOpen(!open)
            }}
          >
            <IconChevronRight
              size={14}
              className={classes['arrow'] ?? ''}
              data-open={open || undefined}
            />
            <span>
              {labelled(t('download.storedAs'), '')}
              {wantsVariants ? (
                <b>{t('download.variants')}</b>
              ) : (
                <>
                  <b>{target !== null && <TargetLabel target={target} />}</b>
                  {' · '}
                  <b>{t(`download.about.${place}.short`)}</b>
                </>
              )}
            </span>
          </UnstyledButton>
          {wantsVariants ? (
            <VariantsPanel />
          ) : (
            <div className={classes['stays']}>
              <DownloadButton
                onStart={() => {
                  setOpen(false)
                }}
              />
            </div>
          )}
        </>
      )}
    </section>
  )
})

function DownloadButton({ onStart }: { readonly onStart: () => void }) {
  const { t } = useTranslation('page')
  const target = useStudio(targetOf)
  const made = useStudio((state) => isMadeAnyway(state, target))
  const refused = useStudio((state) => refusalOf(state, target) !== null)
  const estimate = useStudio(({ reportPlace, sizes }) =>
    made && sizes !== null ? zipBytes(sizes.value, reportPlace) : null,
  )
  const exact = useStudio((state) => zippedAs(state, target))
  const ready = useStudio((state) => state.engine.state === 'ready')
  const known = exact ?? estimate
  const size =
    known !== null
      ? formatBytes(known)
      : target === null
        ? ''
        : isKerasContainer(target.container) && target.precision === 'exact'
          ? t('download.keras.short')
          : t(`download.precisions.${target.precision}.short`)
  return (
    <Button
      size="md"
      fullWidth
      disabled={!ready || refused}
      leftSection={<IconDownload size={18} />}
      onClick={() => {
        onStart()
        void commands.download()
      }}
    >
      {t(exact === null && estimate !== null ? 'download.buttonEstimate' : 'download.button', {
        size,
      })}
    </Button>
  )
}

function TargetChoice() {
  const { t } = useTranslation('page')
  const wantsVariants = useStudio(areVariantsWanted)
  const model = useStudio((state) => state.model)
  const targets = model?.targets ?? none
  const target = useStudio(targetOf)
  const menu = model === null ? [] : formatMenu(model)
  const own = targets.filter(({ container }) => container === target?.container)
  const chooseContainer = (value: string): void => {
    commands.wantVariants(value === VARIANTS)
    const first = targets.find(({ container }) => container === value)
    if (first !== undefined) commands.chooseTarget(first)
  }
  return (
    <>
      {menu.length > 1 && target !== null && (
        <NativeSelect
          label={t('download.container')}
          value={wantsVariants ? VARIANTS : target.container}
          data={menu.map((value) => ({
            value,
            label: t(value === VARIANTS ? 'download.variants' : `download.containers.${value}`),
          }))}
          onChange={({ currentTarget: { value } }) => {
            chooseContainer(value)
          }}
        />
      )}
      {!wantsVariants && (
        <>
          <Radio.Group
            value={target?.precision ?? null}
            aria-label={t('download.storedAs')}
            onChange={(value) => {
              const chosen = own.find(({ precision }) => precision === value)
              if (chosen !== undefined) commands.chooseTarget(chosen)
            }}
          >
            <Stack gap={10}>
              {own.map((one) => (
                <Target
                  key={`${one.container} ${one.precision}`}
                  target={isSameKind(one, target) && target !== null ? target : one}
                />
              ))}
            </Stack>
          </Radio.Group>
          {target !== null && <ActivationChoice target={target} />}
        </>
      )}
    </>
  )
}

/** What a download is, and the kind of its files where there are several. */
function TargetLabel({ target }: { readonly target: ExportTarget }) {
  const { t } = useTranslation('page')
  const { container } = target
  const isOne = useStudio(
    ({ model }) => model?.targets.every((one) => one.container === container) ?? true,
  )
  const label = t(labelOf(target))
  return isOne ? label : clauses(t(`download.containers.${container}`), label)
}

/** Keras knows no codes, so what it gets without a loss are floats. */
function labelOf({ container, precision }: ExportTarget) {
  return precision === 'exact' && isKerasContainer(container)
    ? 'download.keras.label'
    : (`download.precisions.${precision}.label` as const)
}

const none: readonly ExportTarget[] = []
const noKinds: readonly StoredKind[] = []

/** One download, with its size or why the settings do not fit it. */
function Target({ target }: { readonly target: ExportTarget }) {
  const { t } = useTranslation('page')
  const say = useErrorWords()
  const size = useStudio((state) => zippedAs(state, target))
  const refusal = useStudio((state) => refusalOf(state, target))
  const kinds = useStudio((state) => state.sizes?.value.kinds ?? noKinds)
  const made = useStudio((state) => isMadeAnyway(state, target))
  const scales = useStudio((state) => state.sizes?.value.scales)
  const untouched = useStudio((state) => isUntouched(state.recipe))
  const isChosen = useStudio((state) => targetOf(state) === target)
  const isStill = useStudio(({ phase }) => phase === 'idle')
  const { container, precision } = target
  const label = t(labelOf(target))
  const decoding = useDecodingText(target)
  const { all, reasons, tensors } = decodedOf(made ? kinds : noKinds)
  const folded = useStudio((state) => foldedIn(state, target))
  const isFolded = folded > 0 && t('download.folded', { folded })
  const moved = made && scales !== undefined ? t('download.scales.moved', scales) : null
  const told = (): string => {
    if (refusal !== null) return say('message', refusal)
    if (precision !== 'exact')
      return sentences(t(`download.precisions.${precision}.text`), decoding, isFolded)
    if (isKerasContainer(container)) return t(`download.keras.${container}`)
    if (reasons.length > 0) {
      const settings = listed(reasons.map((reason) => t(`download.reasons.${reason}`)))
      return sentences(
        t(`download.precisions.exact.decoded.${container}`, { settings, tensors, all }),
        container === 'tfjs' && reasons.includes('perChannel') ? t('download.scales.stay') : null,
        moved,
        isFolded,
      )
    }
    return untouched && made
      ? t('download.precisions.exact.asOpened')
      : sentences(t(`download.precisions.exact.containers.${container}`), moved, isFolded)
  }
  const text = told()
  const isSizeSaid = size !== null || made || refusal !== null || (isChosen && !isStill)
  // Of a large model a size is known when the file is made.
  const later = t(isChosen ? 'download.sizeLater' : 'download.sizeWhenChosen')
  return (
    <Radio
      value={precision}
      size="sm"
      disabled={refusal !== null}
      label={size === null ? label : `${label} · ${formatBytes(size)}`}
      description={isSizeSaid ? text : sentences(text, later)}
    />
  )
}
