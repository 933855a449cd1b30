import { Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Fact, Facts } from '../../ui-kit/fact'
import { Folded } from '../../ui-kit/folded'
import { OnOff } from '../exception-fields.ui'
import type { ExceptionProps, PanelProps, TechniqueFace } from '../panel.ui'
import { equalizeMeta } from './equalize.meta'
import type { EqualizeConfig } from './equalize.meta'

/** Nothing to set but exceptions: which layers have somebody to share their ranges with. */
function EqualizePanel({ facts: { preview } }: PanelProps<EqualizeConfig>) {
  const { t } = useTranslation('techniques')
  const notes = (preview?.notes ?? []).filter(({ technique }) => technique === equalizeMeta.id)
  const alone = notes.filter(({ note }) => note === 'alone')
  return (
    <Stack gap={10}>
      <Text size="xs" c="dimmed">
        {t('equalize.text')}
      </Text>
      {notes.length > 0 && (
        <Facts>
          <Fact name={t('equalize.equalized')}>
            {t('equalize.ofLayers', { count: notes.length - alone.length, total: notes.length })}
          </Fact>
        </Facts>
      )}
      {alone.length > 0 && (
        <Folded title={t('equalize.left', { count: alone.length })}>
          <Text size="xs" c="dimmed">
            {t('equalize.alone')}
          </Text>
          <Facts>
            {alone.map(({ layer }) => (
              <Fact key={layer} name={layer}>
                {t('equalize.notes.alone')}
              </Fact>
            ))}
          </Facts>
        </Folded>
      )}
    </Stack>
  )
}

/** Whether chosen layers take part. */
function EqualizeExceptions({ own, onChange }: ExceptionProps<EqualizeConfig>) {
  const { t } = useTranslation('techniques')
  return (
    <OnOff
      label={t('equalize.label')}
      values={own.map(({ enabled }) => enabled)}
      onChange={(enabled) => {
        onChange({ enabled })
      }}
    />
  )
}

export const equalizeFace: TechniqueFace<EqualizeConfig> = {
  Panel: EqualizePanel,
  Exceptions: EqualizeExceptions,
  shortcut: null,
}
