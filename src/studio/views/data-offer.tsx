import { Button, Group, Paper, Progress, Text } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ModelSummary } from '../../core/model-summary'
import { formatCount } from '../../ui-kit/format-number'
import { fetchSamples } from '../samples'
import { commands } from '../studio-commands'
import { useStudio } from '../store/store'
import { ErrorText } from './problem-alert'
import classes from './data-offer.module.css'

/** What accuracy is measured on: attached, on its way, or offered where the shapes fit. */
export function DataOffer() {
  const { t } = useTranslation('page')
  const data = useStudio((state) => state.data)
  const model = useStudio((state) => state.model)
  if (model === null) return null
  if (data.state === 'attached') {
    return (
      <div className={classes['attached']}>
        <Text size="xs" c="dimmed">
          {t('data.attached', {
            name: data.data.name,
            splits: data.data.splits
              .map((split) => `${t(`splits.${split.name}`)} ${formatCount(split.count)}`)
              .join(', '),
          })}
        </Text>
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          onClick={() => {
            void commands.detachData()
          }}
        >
          {t('data.detach')}
        </Button>
      </div>
    )
  }
  if (data.state === 'loading') {
    const { progress } = data
    const phase = t(`opening.${progress?.phase ?? 'downloading'}`)
    return (
      <Paper withBorder p="sm" className={classes['card'] ?? ''}>
        <Group justify="space-between" wrap="nowrap">
          <Text size="sm">{t('data.loading', { phase })}</Text>
          <Button size="compact-sm" variant="default" onClick={commands.cancelAttach}>
            {t('cancel')}
          </Button>
        </Group>
        <Progress
          mt={8}
          size="sm"
          value={
            progress === null || progress.total === 0 ? 100 : (progress.done / progress.total) * 100
          }
          animated={progress === null || progress.total === 0}
          aria-label={t('data.loading', { phase })}
        />
      </Paper>
    )
  }
  return (
    <>
      {data.state === 'failed' && <ErrorText error={data.error} />}
      <Offer model={model} />
    </>
  )
}

/** Built-in data for a model whose input and output fit; never attached without being asked. */
function Offer({ model }: { readonly model: ModelSummary }) {
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
    <Paper
      withBorder
      p="sm"
      className={classes['card'] ?? ''}
      component="section"
      aria-label={t('data.title')}
    >
      <Text size="sm" fw={600}>
        {t('data.none')}
      </Text>
      <Text size="xs" c="dimmed">
        {t(fits && datasets.length > 0 ? 'data.offer' : 'data.explain')}
      </Text>
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

const PIXELS = 28 * 28
const CLASSES = 10

/** The built-in data are grey pictures of 28 × 28 with ten classes, as a picture or as a row. */
function fitsSampleData(model: ModelSummary): boolean {
  const [input, ...otherInputs] = model.inputs
  const [output, ...otherOutputs] = model.outputs
  if (input === undefined || output === undefined) return false
  if (otherInputs.length > 0 || otherOutputs.length > 0) return false
  const sides = input.shape.slice(1)
  const pixels = sides.reduce<number>((product, side) => product * (side ?? 0), 1)
  return pixels === PIXELS && output.shape.length === 2 && output.shape[1] === CLASSES
}
