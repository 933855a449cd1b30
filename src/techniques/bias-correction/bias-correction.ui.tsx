import { Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Fact, Facts } from '../../ui-kit/fact'
import { Folded } from '../../ui-kit/folded'
import { formatCount } from '../../ui-kit/format-number'
import { OnOff } from '../exception-fields.ui'
import type { ExceptionProps, PanelProps, TechniqueFace } from '../panel.ui'
import { biasCorrectionMeta } from './bias-correction.meta'
import type { BiasCorrectionConfig } from './bias-correction.meta'
import type { CorrectionNote } from './bias-correction'

const corrections: ReadonlySet<string> = new Set<CorrectionNote>(['bias', 'movingMean'])

/** Nothing to set but exceptions: what the step knows, what it corrected, and what it left alone. */
function BiasCorrectionPanel({ facts: { preview, focus } }: PanelProps<BiasCorrectionConfig>) {
  const { t } = useTranslation('techniques')
  const notes = (preview?.notes ?? []).filter(
    ({ technique }) => technique === biasCorrectionMeta.id,
  )
  const corrected = notes.filter(({ note }) => corrections.has(note))
  const left = notes.filter(({ note }) => !corrections.has(note))
  const calibration = preview?.calibration ?? null
  const own = focus === null ? undefined : notes.find(({ layer }) => layer === focus.name)
  const textOf = (note: string): string => t(`bias-correction.notes.${note as CorrectionNote}`)
  return (
    <Stack gap={10}>
      <Text size="xs" c="dimmed">
        {t('bias-correction.text')}
      </Text>
      {calibration?.state === 'missing' && (
        <Text size="xs" c="var(--studio-threshold)" role="status">
          {t(`bias-correction.missing.${calibration.reason}`, {
            operator: calibration.operator ?? '',
          })}
        </Text>
      )}
      {calibration?.state === 'known' && (
        <>
          <Text size="xs" c="dimmed">
            {t('bias-correction.samples', {
              count: calibration.samples,
              n: formatCount(calibration.samples),
              split: t(`bias-correction.splits.${calibration.split}`),
              dataset: calibration.dataset,
            })}
          </Text>
          {notes.length === 0 ? (
            <Text size="xs" c="dimmed">
              {t('bias-correction.nothing')}
            </Text>
          ) : (
            <Facts>
              <Fact name={t('bias-correction.corrected')}>
                {t('bias-correction.ofLayers', {
                  count: corrected.length,
                  total: notes.length,
                })}
              </Fact>
              {own !== undefined && <Fact name={own.layer}>{textOf(own.note)}</Fact>}
            </Facts>
          )}
          {left.length > 0 && (
            <Folded title={t('bias-correction.left', { count: left.length })}>
              <Facts>
                {left.map(({ layer, note }) => (
                  <Fact key={layer} name={layer}>
                    {textOf(note)}
                  </Fact>
                ))}
              </Facts>
            </Folded>
          )}
        </>
      )}
    </Stack>
  )
}

/** Whether chosen layers are corrected. */
function BiasCorrectionExceptions({ own, onChange }: ExceptionProps<BiasCorrectionConfig>) {
  const { t } = useTranslation('techniques')
  return (
    <OnOff
      label={t('bias-correction.label')}
      values={own.map(({ enabled }) => enabled)}
      onChange={(enabled) => {
        onChange({ enabled })
      }}
    />
  )
}

export const biasCorrectionFace: TechniqueFace<BiasCorrectionConfig> = {
  Panel: BiasCorrectionPanel,
  Exceptions: BiasCorrectionExceptions,
  shortcut: null,
}
