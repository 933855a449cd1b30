import { Button, CloseButton, Group, Text } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { formatBytes, formatCount, formatPercent, formatRatio } from '../../ui-kit/format-number'
import '../i18n/tour-words'
import { commands } from '../commands/page-commands'
import { useStudio } from '../store/store'
import { openedBytes, zipBytes } from '../store/zip-bytes'
import type { ChartTab } from '../store/view-slice'
import classes from './tour.module.css'
import {
  TOUR_BITS,
  TOUR_SPARSITY,
  isDone,
  stepAfter,
  stepBefore,
  tourRecipe,
  tourSteps,
} from '../store/tour-steps'
import type { TourStep } from '../store/tour-steps'

const looks: readonly ChartTab[] = ['weights', 'accuracy', 'predictions']

/** A minute with a sample, beside the controls that it speaks of: nothing is covered, nothing waits for it. */
export function Tour({ step }: { readonly step: TourStep }) {
  const { t } = useTranslation('tour')
  const setTour = useStudio((state) => state.setTour)
  const recipe = useStudio((state) => state.recipe)
  const end = (): void => {
    setTour(null)
  }
  const next = stepAfter(step)
  const before = stepBefore(step)
  const change = tourRecipe(step, recipe)
  const done = isDone(step, recipe)
  const facts = { bits: TOUR_BITS, sparsity: formatPercent(TOUR_SPARSITY, 0) }
  return (
    <section aria-label={t('title')} className={classes['tour']}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text size="xs" c="dimmed">
          {t('position', { step: tourSteps.indexOf(step) + 1, steps: tourSteps.length })}
        </Text>
        <CloseButton size="sm" aria-label={t('skip')} title={t('skip')} onClick={end} />
      </Group>
      <div aria-live="polite">
        <Text fw={600}>{t(`steps.${step}.title`, facts)}</Text>
        <Text size="sm">{t(`steps.${step}.text`, facts)}</Text>
        {change === null || done ? <Figures isOriginal={step === 'original'} /> : null}
      </div>
      <Group gap="xs" mt={4}>
        {change !== null &&
          (done ? (
            <Text size="sm" className={classes['done'] ?? ''}>
              <IconCheck size={16} aria-hidden /> {t('done')}
            </Text>
          ) : (
            <Button
              size="xs"
              onClick={() => {
                commands.useRecipe(change)
              }}
            >
              {t(`steps.${step === 'prune' ? 'prune' : 'quantize'}.button`, facts)}
            </Button>
          ))}
        {step === 'look' && looks.map((tab) => <Look key={tab} tab={tab} />)}
        {before !== null && (
          <Button
            size="xs"
            variant="default"
            onClick={() => {
              setTour(before)
            }}
          >
            {t('back')}
          </Button>
        )}
        <Button
          size="xs"
          variant={change !== null && !done ? 'default' : 'filled'}
          onClick={() => {
            setTour(next)
          }}
        >
          {t(next === null ? 'finish' : 'next')}
        </Button>
      </Group>
    </section>
  )
}

function Look({ tab }: { readonly tab: ChartTab }) {
  const { t } = useTranslation('charts')
  const setTab = useStudio((state) => state.setTab)
  const isShown = useStudio((state) => state.tab === tab)
  return (
    <Button
      size="xs"
      variant="light"
      aria-pressed={isShown}
      onClick={() => {
        setTab(tab)
      }}
    >
      {t(`tabs.${tab}`)}
    </Button>
  )
}

/** What the page has measured, of the settings as they are; nothing is said before it is known. */
function Figures({ isOriginal }: { readonly isOriginal: boolean }) {
  const { t } = useTranslation('tour')
  const before = useStudio(({ model }) => (model === null ? 0 : openedBytes(model.original)))
  const settled = useStudio((state) => state.phase === 'idle')
  const sizes = useStudio((state) => state.sizes)
  const place = useStudio((state) => state.reportPlace)
  const measure = useStudio((state) => state.measure?.value ?? null)
  if (!settled || sizes === null || measure?.type !== 'accuracy')
    return (
      <Text size="sm" c="dimmed">
        {t('measuring')}
      </Text>
    )
  const zipped = zipBytes(sizes.value, place)
  return (
    <Text size="sm" className={classes['figures'] ?? ''}>
      {t(isOriginal ? 'originalFigures' : 'figures', {
        before: formatBytes(before),
        after: formatBytes(zipped),
        ratio: formatRatio(before / Math.max(1, zipped)),
        original: formatPercent(measure.originalCorrect / Math.max(1, measure.measured)),
        accuracy: formatPercent(measure.correct / Math.max(1, measure.measured)),
        count: formatCount(measure.measured),
      })}
    </Text>
  )
}
