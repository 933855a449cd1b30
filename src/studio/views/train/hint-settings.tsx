import { Stack, Switch, Text } from '@mantine/core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { LayerFeatures } from '../../../core/model-summary'
import { shapeText } from '../../../core/shape-text'
import type { DistillationSettings } from '../../../training/training-settings'
import { formatSignificant } from '../../../ui-kit/format-number'
import { ValueSlider } from '../../../ui-kit/value-slider'
import { commands } from '../../commands/page-commands'
import { teacherIn } from '../../store/teacher-slice'
import { useStudio } from '../../store/store'
import { Choice } from './train-fields'
import { usualHint } from './usual-hint'

const none: readonly LayerFeatures[] = []

/** A layer of the student that is to say what a layer of the teacher says. */
export function HintSettings({ distillation }: { readonly distillation: DistillationSettings }) {
  const { t } = useTranslation('train')
  const { hint, teacher } = distillation
  const own = useStudio((state) => state.model?.features) ?? none
  const open = useStudio((state) => teacherIn(state.teacher)?.features) ?? none
  const others = teacher === 'original' ? own : open
  const usual = useMemo(() => usualHint(own, others), [own, others])
  // A graph, or nothing that could be compared.
  if (usual === null) return null
  return (
    <Stack gap={8}>
      <Switch
        size="xs"
        label={t('hint.on')}
        checked={hint !== null}
        onChange={(event) => {
          commands.changeDistillation({ hint: event.currentTarget.checked ? usual : null })
        }}
      />
      {hint !== null && (
        <>
          <Choice
            label={t('hint.student')}
            value={hint.studentLayer}
            data={own.map(choiceOf)}
            onChange={(studentLayer) => {
              commands.changeDistillation({ hint: { ...hint, studentLayer } })
            }}
          />
          <Choice
            label={t('hint.teacher')}
            value={hint.teacherLayer}
            data={others.map(choiceOf)}
            onChange={(teacherLayer) => {
              commands.changeDistillation({ hint: { ...hint, teacherLayer } })
            }}
          />
          <ValueSlider
            name={t('hint.weight')}
            fieldName={t('hint.weightValue')}
            value={hint.weight}
            min={0}
            max={10}
            step={0.1}
            format={(value) => formatSignificant(value, 2)}
            onDrag={(weight) => {
              commands.changeDistillation({ hint: { ...hint, weight } })
            }}
            onSettle={(weight) => {
              commands.changeDistillation({ hint: { ...hint, weight } })
            }}
          />
          <Text size="xs" c="dimmed">
            {t('hint.note')}
          </Text>
        </>
      )}
    </Stack>
  )
}

/** A layer by its name and what it says. */
function choiceOf({ name, shape }: LayerFeatures): { value: string; label: string } {
  return { value: name, label: `${name} (${shapeText(shape.slice(1))})` }
}
