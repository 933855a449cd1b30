import { Stack, Switch, Text } from '@mantine/core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { DistillationSettings } from '../../../training/training-settings'
import { formatSignificant } from '../../../ui-kit/format-number'
import { ValueSlider } from '../../../ui-kit/value-slider'
import { commands } from '../../commands/page-commands'
import { teacherIn } from '../../store/teacher-slice'
import { useStudio } from '../../store/store'
import { hintLayers, usualHint } from './hint-layers'
import { Choice } from './train-fields'

/** A layer of the student that is to say what a layer of the teacher says. */
export function HintSettings({ distillation }: { readonly distillation: DistillationSettings }) {
  const { t } = useTranslation('train')
  const { hint, teacher } = distillation
  const model = useStudio((state) => state.model)
  const slot = useStudio((state) => teacherIn(state.teacher))
  const own = useMemo(
    () =>
      hintLayers(
        (model?.layers ?? []).map(({ className, name, outputShape }) => ({
          className,
          name,
          shape: outputShape,
        })),
      ),
    [model],
  )
  const others = useMemo(
    () => (teacher === 'original' ? own : hintLayers(slot?.layers ?? [])),
    [own, slot, teacher],
  )
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
            data={own.map(({ name, text }) => ({ value: name, label: text }))}
            onChange={(studentLayer) => {
              commands.changeDistillation({ hint: { ...hint, studentLayer } })
            }}
          />
          <Choice
            label={t('hint.teacher')}
            value={hint.teacherLayer}
            data={others.map(({ name, text }) => ({ value: name, label: text }))}
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
