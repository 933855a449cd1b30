import { Button, Checkbox, Progress, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { variantIds } from '../../../core/transformers-variants'
import type { VariantId } from '../../../core/transformers-variants'
import type { VariantRow, VariantsProgress } from '../../../protocol/variant-messages'
import { formatBytes } from '../../../ui-kit/format-number'
import { commands } from '../../commands/page-commands'
import '../../i18n/variants-words'
import { effectKey } from '../../store/recipe-slice'
import { useStudio } from '../../store/store'
import { isOfferedVariant } from '../../store/variants-slice'
import { clauses } from '../../words/joining'
import { ErrorText } from '../../words/problem-alert'
import classes from './download-card.module.css'
import { UsageCode } from './usage-code'
import { VariantsTable } from './variants-table'

/** The way out for Transformers.js: variants are chosen, written and measured, and then the folder is offered. */
export function VariantsPanel() {
  const variants = useStudio((state) => state.variants)
  const isOther = useStudio(({ committed }) =>
    variants.state === 'done' ? effectKey(committed) !== effectKey(variants.recipe) : false,
  )
  const { t } = useTranslation('variants')
  const runs = variants.state === 'running' || variants.state === 'cancelling'
  return (
    <Stack gap="sm">
      {variants.state === 'failed' && (
        <ErrorText error={variants.error} onClose={commands.closeVariants} />
      )}
      {!runs && variants.state !== 'done' && <VariantChoice />}
      {runs && (
        <VariantsProgressBar
          progress={variants.progress}
          isCancelling={variants.state === 'cancelling'}
        />
      )}
      {(runs || variants.state === 'done') && variants.rows.length > 0 && (
        <VariantsTable
          measured={variants}
          taken={variants.state === 'done' ? variants.taken : null}
        />
      )}
      {variants.state === 'done' && (
        <>
          <Text size="xs" c="dimmed">
            {t('times')}
          </Text>
          {isOther ? <Text size="sm">{t('other')}</Text> : <Folder />}
          {/* What was found stands where the choice was, without a scroll. */}
          <VariantChoice />
        </>
      )}
    </Stack>
  )
}

function VariantChoice() {
  const { t } = useTranslation('variants')
  const chosen = useStudio((state) => state.chosenVariants)
  const ready = useStudio((state) => state.engine.state === 'ready')
  const isDone = useStudio((state) => state.variants.state === 'done')
  return (
    <>
      <Text size="xs" c="dimmed">
        {t('intro')}
      </Text>
      <Checkbox.Group
        label={t('choose')}
        value={[...chosen]}
        onChange={(names) => {
          commands.chooseVariants(variantIds.filter((id) => names.includes(id)))
        }}
      >
        <Stack gap={8} mt={6}>
          {variantIds.map((id) => (
            <Checkbox
              key={id}
              value={id}
              size="sm"
              classNames={{ label: classes['variant'] ?? '' }}
              label={clauses(id, t(`about.${id}`))}
            />
          ))}
        </Stack>
      </Checkbox.Group>
      <Button
        size="md"
        fullWidth
        variant={isDone ? 'default' : 'filled'}
        disabled={!ready || chosen.length === 0}
        onClick={() => {
          void commands.makeVariants()
        }}
      >
        {t('make', { count: chosen.length })}
      </Button>
    </>
  )
}

interface ProgressProps {
  readonly progress: VariantsProgress | null
  readonly isCancelling: boolean
}

function VariantsProgressBar({ isCancelling, progress }: ProgressProps) {
  const { t } = useTranslation('variants')
  const { t: page } = useTranslation('page')
  const variant: VariantId | '' = progress?.id ?? ''
  const phase = isCancelling
    ? page('download.cancelling')
    : progress === null
      ? t('phases.starting')
      : progress.id === null
        ? t('phases.original')
        : t(`phases.${progress.phase}`, { variant })
  return (
    <div>
      <div className={classes['progressHead']}>
        <Text size="sm">{phase}</Text>
        <Button
          size="compact-sm"
          variant="default"
          disabled={isCancelling}
          onClick={commands.cancelVariants}
        >
          {page('cancel')}
        </Button>
      </div>
      <Progress
        value={progress === null ? 100 : progress.share * 100}
        animated={progress === null}
        size="sm"
        aria-label={phase}
      />
    </div>
  )
}

/** The folder with what was taken, its bytes on the button. */
function Folder() {
  const { t } = useTranslation('variants')
  const variants = useStudio((state) => state.variants)
  if (variants.state !== 'done') return null
  const { folder, isSaved, rows, taken } = variants
  if (taken.length === 0)
    return (
      <>
        <Text size="sm">{t(whyNoneOf(rows))}</Text>
        <Button size="md" fullWidth disabled>
          {t('saveNone')}
        </Button>
      </>
    )
  return (
    <>
      <Button
        size="md"
        fullWidth
        disabled={folder === null}
        onClick={() => {
          commands.saveVariants()
        }}
      >
        {t('save', { size: folder === null ? '…' : formatBytes(folder.bytes) })}
      </Button>
      {folder !== null && isSaved && (
        <div>
          <Text size="sm">
            {t('saved', { name: folder.fileName, size: formatBytes(folder.bytes) })}
          </Text>
          <UsageCode code={folder.code} language="transformers" />
        </div>
      )}
    </>
  )
}

/** Why nothing is ticked; what a person has unticked can be ticked again. */
function whyNoneOf(rows: readonly VariantRow[]): 'none' | 'noneGood' | 'noneWritten' {
  if (rows.every(({ refusal }) => refusal !== null)) return 'noneWritten'
  return rows.some(isOfferedVariant) ? 'none' : 'noneGood'
}
