import { Stack, Switch, Text } from '@mantine/core'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { DistillationSettings } from '../../../training/training-settings'
import { Folded } from '../../../ui-kit/folded'
import { formatSignificant } from '../../../ui-kit/format-number'
import { ValueSlider } from '../../../ui-kit/value-slider'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import { DarkKnowledge } from './dark-knowledge'
import classes from './distillation-part.module.css'
import { HintSettings } from './hint-settings'
import { TeacherSlot } from './teacher-slot'
import { Segments } from './train-fields'

/** Knowledge distillation: on or off, who teaches, and how much the teacher counts. */
export const DistillationPart = memo(function DistillationPart() {
  const { t } = useTranslation('train')
  const distillation = useStudio((state) => state.trainingSettings.distillation)
  return (
    <section aria-label={t('distillation.title')} className={classes['part']}>
      <div className={classes['head']}>
        <div className={classes['words']}>
          <Text component="h4" fw={600} size="sm" m={0}>
            {t('distillation.title')}
          </Text>
          <Text size="xs" c="dimmed">
            {t(distillation === null ? 'distillation.off' : 'distillation.summary')}
          </Text>
        </div>
        <Switch
          aria-label={t('distillation.title')}
          checked={distillation !== null}
          onChange={(event) => {
            if (event.currentTarget.checked) commands.changeDistillation({})
            else commands.stopDistillation()
          }}
        />
      </div>
      {distillation !== null && <Settings distillation={distillation} />}
    </section>
  )
})

function Settings({ distillation }: { readonly distillation: DistillationSettings }) {
  const { t } = useTranslation('train')
  const { temperature, alpha, loss } = distillation
  const task = useStudio((state) =>
    state.data.state === 'attached' ? state.data.data.settings.task : null,
  )
  // Numbers have no classes to be soft about.
  const hasClasses = task !== 'regression'
  return (
    <Stack gap={12}>
      <TeacherSlot chosen={distillation.teacher} />
      {hasClasses && (
        <Segments
          label={t('distillation.loss')}
          value={loss}
          data={(['softened', 'logits'] as const).map((value) => ({
            value,
            label: t(`distillation.losses.${value}`),
          }))}
          onChange={(next) => {
            commands.changeDistillation({ loss: next })
          }}
        />
      )}
      {hasClasses && loss === 'softened' && (
        <div>
          <ValueSlider
            name={t('distillation.temperature')}
            fieldName={t('distillation.temperatureValue')}
            value={temperature}
            min={1}
            max={20}
            step={0.5}
            format={(value) => formatSignificant(value, 3)}
            onDrag={(next) => {
              commands.changeDistillation({ temperature: next })
            }}
            onSettle={(next) => {
              commands.changeDistillation({ temperature: next })
            }}
          />
          <Text size="xs" c="dimmed" mt={4}>
            {t('distillation.temperatureHint')}
          </Text>
        </div>
      )}
      {task === 'unlabelled' ? (
        <Text size="xs" c="dimmed">
          {t('distillation.labelFree')}
        </Text>
      ) : (
        <div>
          <ValueSlider
            name={t('distillation.alpha')}
            fieldName={t('distillation.alphaValue')}
            value={alpha}
            min={0}
            max={1}
            step={0.05}
            format={(value) => formatSignificant(value, 2)}
            onDrag={(next) => {
              commands.changeDistillation({ alpha: next })
            }}
            onSettle={(next) => {
              commands.changeDistillation({ alpha: next })
            }}
          />
          <Text size="xs" c="dimmed" mt={4}>
            {t('distillation.alphaHint')}
          </Text>
        </div>
      )}
      <Folded title={t('distillation.more')}>
        <Stack gap={12}>
          {!distillation.askFirst && <HintSettings distillation={distillation} />}
          <div>
            <Switch
              size="xs"
              label={t('distillation.askFirst')}
              checked={distillation.askFirst}
              onChange={(event) => {
                commands.changeDistillation({ askFirst: event.currentTarget.checked, hint: null })
              }}
            />
            <Text size="xs" c="dimmed" mt={4}>
              {t('distillation.askFirstHint')}
            </Text>
          </div>
        </Stack>
      </Folded>
      {task !== null && hasClasses && (
        <Folded title={t('dark.title')}>
          <DarkKnowledge {...distillation} />
        </Folded>
      )}
    </Stack>
  )
}
