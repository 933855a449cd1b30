import { Button, Stack, Switch, Text } from '@mantine/core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Folded } from '../../../ui-kit/folded'
import { formatCount, formatPoints } from '../../../ui-kit/format-number'
import { commands } from '../../commands/page-commands'
import { judgedRemedies } from '../../store/judged-remedies'
import { isShareKind, measureKind } from '../../store/measures'
import { effectKey } from '../../store/recipe-slice'
import { dropIn, remediesIn } from '../../store/remedies-in'
import { useStudio } from '../../store/store'
import { sentences } from '../../words/joining'
import { DropLayers } from './drop-layers'
import classes from './drop-reasons.module.css'
import { PreparationReason } from './preparation-reason'
import { RemedyLine } from './remedy-line'

/** Why the settings in use lose what they lose: what they did to which layers, and what would help, as measured. */
export function DropReasons() {
  const { t } = useTranslation('charts')
  const committed = useStudio((state) => state.committed)
  const weights = useStudio((state) => state.weights)
  const data = useStudio((state) => state.data)
  const model = useStudio((state) => state.model)
  const tried = useStudio((state) => state.tried)
  const original = useStudio((state) => state.originalMeasure)
  const place = useStudio((state) => state.reportPlace)
  const isSweeping = useStudio((state) => state.sweep.state === 'running')
  const remedies = useMemo(
    () => remediesIn({ committed, weights, data, model }),
    [committed, weights, data, model],
  )
  const drop = useMemo(
    () => dropIn({ committed, originalMeasure: original, tried }),
    [committed, original, tried],
  )
  const judged = useMemo(
    () => (drop === null ? [] : judgedRemedies(remedies, tried, drop, place)),
    [remedies, tried, drop, place],
  )
  if (drop === null || remedies.length === 0) return null
  const { here, lost } = drop
  const inPoints = isShareKind(measureKind(here.measure))
  const useless = judged.filter(({ gain }) => gain !== null && gain.share <= 0)
  const open = judged.filter(({ gain }) => gain === null).length
  const best = judged[0]?.gain?.share ?? 0
  const layers = new Map(
    remedies.flatMap(({ layer }) => (layer === null ? [] : [[layer.name, layer]])),
  )
  return (
    <div className={classes['reasons']} role="group" aria-label={t('drop.label')} data-export="no">
      <Folded
        title={
          t(inPoints ? 'drop.title' : 'drop.titleOther', { points: formatPoints(-lost).slice(1) }) +
          (best > 0 ? t('drop.best', { points: formatPoints(best) }) : '')
        }
      >
        <Stack gap="xs" data-long>
          {layers.size > 0 && <DropLayers layers={[...layers.values()]} />}
          <ul className={classes['list']}>
            {judged
              .filter((one) => !useless.includes(one))
              .map((one) => (
                <RemedyLine key={effectKey(one.remedy.recipe)} judged={one} inPoints={inPoints} />
              ))}
            <PreparationReason />
          </ul>
          {useless.length > 0 && (
            <Folded title={t('drop.noHelp', { count: useless.length })}>
              <ul className={classes['list']}>
                {useless.map((one) => (
                  <RemedyLine key={effectKey(one.remedy.recipe)} judged={one} inPoints={inPoints} />
                ))}
              </ul>
            </Folded>
          )}
          <Trial isShare={inPoints} />
          {open > 0 && (
            <Button
              size="compact-sm"
              variant="light"
              disabled={isSweeping}
              onClick={() => {
                void commands.startSweep('remedies')
              }}
            >
              {t(open === judged.length ? 'drop.try' : 'drop.again', { count: open })}
            </Button>
          )}
          <Text size="xs" c="dimmed">
            {sentences(
              t('drop.measuredOn', { n: formatCount(here.measure.measured) }),
              t('drop.activations'),
              t('drop.training'),
            )}
          </Text>
        </Stack>
      </Folded>
    </div>
  )
}

/** What goes on by itself, and whether it may. */
function Trial({ isShare }: { readonly isShare: boolean }) {
  const { t } = useTranslation('charts')
  const trial = useStudio((state) => state.remedyTrial)
  const { accuracy, triesRemedies } = useStudio((state) => state.look)
  const allow = useStudio((state) => state.tryRemedies)
  const { allowedLoss } = accuracy
  return (
    <div>
      <Switch
        size="xs"
        checked={triesRemedies}
        label={t('drop.byItself')}
        description={t(isShare ? 'drop.byItselfWhen' : 'drop.byItselfWhenOther', {
          count: allowedLoss,
        })}
        onChange={(event) => {
          allow(event.currentTarget.checked)
        }}
      />
      {trial !== null && (
        <Text size="xs" c="dimmed">
          {t('drop.trying', { done: trial.done, total: trial.total })}
        </Text>
      )}
    </div>
  )
}
