import { NativeSelect } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { columnsOf } from '../../../core/output-columns'
import { outputMeanings } from '../../../core/output-meaning'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import classes from './data.module.css'

/** What outputs are taken for where no labels say it is a guess; where it is wrong, it is put right here. */
export function OutputMeaningChoice() {
  const { t } = useTranslation('page')
  const measure = useStudio((state) => state.measure?.value ?? state.originalMeasure)
  const columns = useStudio((state) => columnsOf(state.model?.outputs[0]?.shape ?? []) ?? 1)
  // One number is no choice between classes, and no direction.
  if (measure?.type !== 'agreement' || columns === 1) return null
  return (
    <NativeSelect
      size="xs"
      mt={8}
      className={classes['meaning'] ?? ''}
      label={t('data.meaning')}
      description={t('data.meaningExplain')}
      value={measure.meaning}
      onChange={(event) => {
        const meaning = outputMeanings.find((id) => id === event.currentTarget.value)
        if (meaning !== undefined) void commands.readOutputsAs(meaning)
      }}
      data={outputMeanings.map((id) => ({ value: id, label: t(`data.meanings.${id}`) }))}
    />
  )
}
