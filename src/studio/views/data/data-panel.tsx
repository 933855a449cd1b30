import { Alert, Button, Group, Paper, Progress, Switch, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { StudioErrorData } from '../../../core/errors'
import type { ModelSummary } from '../../../core/model-summary'
import type { DataSummary } from '../../../protocol/data-messages'
import type { OpenProgress } from '../../../protocol/engine-messages'
import { formatCount } from '../../../ui-kit/format-number'
import { Folded } from '../../../ui-kit/folded'
import { commands } from '../../commands/page-commands'
import type { DataStatus } from '../../store/model-slice'
import { useStudio } from '../../store/store'
import { ErrorText } from '../../words/problem-alert'
import { ChanceWarning } from './chance-warning'
import { ClassMap } from './class-map'
import { ClassResults } from './class-results'
import classes from './data.module.css'
import { DataPickers } from './data-pickers'
import { DataProblems } from './data-problems'
import { DataOffer } from './data-offer'
import { DataSettingsForm } from './data-settings-form'
import { DATA_REGION } from './reading/data-region'
import { ReadingPanel } from './reading/reading-panel'
import { ReadingSummary } from './reading/reading-summary'
import { OutputMeaningChoice } from './output-meaning-choice'
import { SampleViewer } from './sample-viewer'
import { useErrorWords } from '../../words/use-error-words'
import { clauses, labelled, listed, sentences, stopped } from '../../words/joining'

/** What accuracy is measured on: attached, on its way, or offered. */
export function DataPanel() {
  const { t } = useTranslation('page')
  const data = useStudio((state) => state.data)
  const model = useStudio((state) => state.model)
  if (model === null) return null
  const { run } = model.obstacles
  return (
    <section
      id={DATA_REGION}
      className={classes['offers']}
      aria-label={t('data.title')}
      tabIndex={-1}
    >
      <ReadingPanel />
      {run === null ? <Shown data={data} model={model} /> : <CannotRun reason={run} />}
    </section>
  )
}

interface ShownProps {
  readonly data: DataStatus
  readonly model: ModelSummary
}

function Shown({ data, model }: ShownProps) {
  switch (data.state) {
    case 'loading':
      return <Loading progress={data.progress} />
    case 'attached':
      return <Attached data={data.data} />
    case 'none':
      return <DataOffer model={model} />
    case 'failed':
      return (
        <>
          <ErrorText error={data.error} />
          <DataOffer model={model} />
        </>
      )
  }
}

/** Why a model is open for its weights alone. */
function CannotRun({ reason }: { readonly reason: StudioErrorData }) {
  const { t } = useTranslation('page')
  const say = useErrorWords()
  const isAlone = reason.code === 'open/weights-alone' || reason.code === 'open/no-topology'
  return (
    <Alert color="yellow" variant="light" title={t('data.cannotRun')}>
      <Text size="sm" fw={600}>
        {say('message', reason)}
      </Text>
      <Text size="sm" mt={4}>
        {t(isAlone ? 'data.weightsAloneExplain' : 'data.cannotRunExplain')}
      </Text>
    </Alert>
  )
}

interface LoadingProps {
  readonly progress: OpenProgress | null
}

function Loading({ progress }: LoadingProps) {
  const { t } = useTranslation('page')
  const phase = t(`opening.${progress?.phase ?? 'reading'}`)
  const known = progress !== null && progress.total > 0
  return (
    <Paper withBorder p="sm" className={classes['card'] ?? ''}>
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">
          {clauses(
            t('data.loading', { phase }),
            progress?.phase === 'decoding' &&
              known &&
              `${formatCount(progress.done)} / ${formatCount(progress.total)}`,
          )}
        </Text>
        <Button size="compact-sm" variant="default" onClick={commands.cancelAttach}>
          {t('cancel')}
        </Button>
      </Group>
      <Progress
        mt={8}
        size="sm"
        value={known ? (progress.done / progress.total) * 100 : 100}
        animated={!known}
        aria-label={t('data.loading', { phase })}
      />
    </Paper>
  )
}

function Attached({ data }: { readonly data: DataSummary }) {
  const { t } = useTranslation('page')
  const isKept = useStudio((state) => state.keptName === data.name)
  const isRunKept = useStudio((state) => state.isRunKept)
  // Built-in data on somebody's own model: how it is shown is theirs to confirm.
  // What was cut is shown its samples as the whole model was.
  const isConfirmed = useStudio((state) => state.isSample || state.cutFrom !== null)
  const splits = listed(
    data.splits.map((split) => `${t(`splits.${split.name}`)} ${formatCount(split.count)}`),
  )
  const facts =
    data.own === null
      ? splits
      : t('data.facts', {
          format: t(`data.formats.${data.own.format}`),
          samples: formatCount(data.own.samples),
          splits,
        })
  return (
    <>
      <div className={classes['line']}>
        <Text size="xs" c="dimmed">
          <strong>{t(`data.names.${data.id}`, { defaultValue: data.name })}</strong>
          {sentences(
            stopped(labelled('', facts)),
            t('data.judged'),
            data.own !== null &&
              t(`data.${isKept ? 'keptOver' : isRunKept ? 'keptForRun' : 'kept'}`),
          )}
        </Text>
        <Group gap={4} wrap="nowrap">
          {data.own !== null && (
            <Switch
              size="xs"
              label={t('data.keep')}
              checked={isKept}
              onChange={(event) => {
                void (event.currentTarget.checked ? commands.keepData() : commands.forgetKeptData())
              }}
            />
          )}
          <DataPickers compact />
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
        </Group>
      </div>
      {data.own !== null && <ReadingSummary reading={data.own.reading} />}
      {data.own !== null && <DataProblems facts={data.own} />}
      <ChanceWarning data={data} />
      <OutputMeaningChoice />
      <Folded title={t('data.settings')} opened={data.own !== null || !isConfirmed}>
        <div className={classes['settings']}>
          <DataSettingsForm data={data} />
          <SampleViewer data={data} />
        </div>
      </Folded>
      {isOfClasses(data) && (
        <Folded title={t('data.classes')}>
          <ClassMap data={data} />
        </Folded>
      )}
      <ClassResults data={data} />
    </>
  )
}

/** Outputs stand for classes, one that says yes or no for two. */
function isOfClasses({ settings, classNames }: DataSummary): boolean {
  return (settings.task === 'classification' || settings.task === 'binary') && classNames.length > 0
}
