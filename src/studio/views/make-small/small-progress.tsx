import { Button, Progress, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { commands } from '../../commands/page-commands'
import type { SmallStatus } from '../../store/make-small-slice'
import { effectKey } from '../../store/recipe-slice'
import { isMet } from '../../store/small-figures'
import { useStudio } from '../../store/store'
import { formatDuration } from '../../words/format-duration'
import { useRecipeText } from '../../words/use-recipe-text'
import { BestSoFar, SearchButtons } from './search-parts'

type Running = Extract<SmallStatus, { state: 'running' }>

/** A search that goes on: the best so far first, then how far it is and its buttons. */
export function SmallProgress({ status }: { readonly status: Running }) {
  const { t } = useTranslation('small')
  const text = useRecipeText(useStudio((state) => state.model?.layers))
  const { best, done, layers, msLeft, paused, phase, total, trying, waits } = status
  const title = paused ? t('paused', { count: done }) : t(`phases.${phase}`, { done, total })
  const share =
    layers === null ? done / Math.max(1, total) : layers.done / Math.max(1, layers.total)
  return (
    <Stack gap={8}>
      <BestSoFar run={status} />
      <div>
        <Text size="sm">
          {title}
          {layers !== null && !paused && (
            <Text span size="sm" c="dimmed">
              {` · ${t('layers', layers)}`}
            </Text>
          )}
          {!paused && (waits || msLeft !== null) && (
            <Text span size="sm" c="dimmed">
              {` · ${waits ? t('waits') : t('left', { time: formatDuration(msLeft ?? 0) })}`}
            </Text>
          )}
        </Text>
        <Progress value={100 * share} aria-label={title} mt={4} />
        {trying !== null && !paused && (
          <Text size="xs" c="dimmed" mt={4} truncate>
            {t('trying', { settings: text(trying) })}
          </Text>
        )}
      </div>
      <SearchButtons run={status} paused={paused}>
        {best !== null && <UseBest />}
      </SearchButtons>
    </Stack>
  )
}

/** The best settings so far, or as they are in use; what misses the goal is not called the best. */
export function UseBest() {
  const { t } = useTranslation('small')
  const isInUse = useStudio(({ makeSmall, recipe }) => {
    const best = makeSmall.state === 'idle' ? null : makeSmall.best
    return best !== null && effectKey(best.recipe) === effectKey(recipe)
  })
  const keepsToGoal = useStudio(
    ({ makeSmall, reportPlace }) => makeSmall.state !== 'idle' && isMet(makeSmall, reportPlace),
  )
  return isInUse ? (
    <Text size="sm" c="dimmed">
      {t('inUse')}
    </Text>
  ) : (
    <Button
      size="compact-sm"
      variant="light"
      onClick={() => {
        void commands.useSmallBest()
      }}
    >
      {t(keepsToGoal ? 'use' : 'useAnyway')}
    </Button>
  )
}
