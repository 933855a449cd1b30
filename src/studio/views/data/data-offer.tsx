import { Button, Group, Paper, Text } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ModelSummary } from '../../../core/model-summary'
import { onlySide } from '../../../core/output-columns'
import { pictureForm } from '../../../data/input-form'
import { fetchSamples } from '../../files/samples'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import classes from './data.module.css'
import { DataPickers } from './data-pickers'
import { OutputMeaningChoice } from './output-meaning-choice'

/** Built-in data for a model whose input and output fit; never attached without being asked. */
export function DataOffer({ model }: { readonly model: ModelSummary }) {
  const { t } = useTranslation('page')
  const [datasets, setDatasets] = useState<readonly string[]>([])
  const fits = fitsSampleData(model)
  useEffect(() => {
    if (!fits) return
    const abort = new AbortController()
    fetchSamples(abort.signal).then(
      (samples) => {
        setDatasets([...new Set(samples.map((sample) => sample.datasetId))])
      },
      // Without the list there is nothing to offer; the model works without data.
      () => undefined,
    )
    return () => {
      abort.abort()
    }
  }, [fits])
  return (
    <Paper withBorder p="sm" className={classes['card'] ?? ''}>
      <Text size="sm" fw={600}>
        {t('data.none')}
      </Text>
      <Text size="xs" c="dimmed">
        {t('data.explain')}
      </Text>
      <OutputMeaningChoice />
      <KeptOffer />
      <Text size="sm" mt={8}>
        {t('data.own')}
      </Text>
      <Text size="xs" c="dimmed">
        {t('data.ownKinds')}
      </Text>
      <Group gap="xs" mt={6}>
        <DataPickers />
      </Group>
      {fits && datasets.length > 0 && (
        <Text size="xs" c="dimmed" mt={10}>
          {t('data.offer')}
        </Text>
      )}
      {fits && datasets.length > 0 && (
        <Group gap="xs" mt={8}>
          {datasets.map((id) => (
            <Button
              key={id}
              size="compact-sm"
              variant="default"
              onClick={() => {
                void commands.attachData(id)
              }}
            >
              {t('data.use', { dataset: t(`data.names.${id}`, { defaultValue: id }) })}
            </Button>
          ))}
        </Group>
      )}
    </Paper>
  )
}

/** Data that an earlier visit left in this browser, because the person asked for it. */
function KeptOffer() {
  const { t } = useTranslation('page')
  const name = useStudio((state) => state.keptName)
  useEffect(() => {
    void commands.findKeptData()
  }, [])
  if (name === null) return null
  return (
    <Group gap="xs" mt={8}>
      <Text size="sm">{t('data.keptOffer', { name })}</Text>
      <Button
        size="compact-sm"
        onClick={() => {
          void commands.useKeptData()
        }}
      >
        {t('data.useKept', { name })}
      </Button>
      <Button
        size="compact-sm"
        variant="subtle"
        color="gray"
        onClick={() => {
          void commands.forgetKeptData()
        }}
      >
        {t('data.forgetKept')}
      </Button>
    </Group>
  )
}

const CLASSES = 10

/** The built-in data are pictures with ten classes; a model of another size gets them resized. */
function fitsSampleData(model: ModelSummary): boolean {
  const [input, ...otherInputs] = model.inputs
  const [output] = model.outputs
  if (input === undefined || output === undefined || otherInputs.length > 0) return false
  return (
    pictureForm(input.shape.slice(1), [28, 28, 1]) !== null && onlySide(output.shape) === CLASSES
  )
}
