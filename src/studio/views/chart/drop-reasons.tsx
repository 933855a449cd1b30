import { Button, Stack, Switch, Text } from '@mantine/core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Remedy, TouchedLayer } from '../../../search/remedies'
import { Folded } from '../../../ui-kit/folded'
import {
  formatBytes,
  formatCount,
  formatPercent,
  formatPoints,
} from '../../../ui-kit/format-number'
import { commands } from '../../commands/page-commands'
import { isShareKind, measureKind, measuredShare } from '../../store/measures'
import { effectKey } from '../../store/recipe-slice'
import { dropIn, remediesIn } from '../../store/remedies-in'
import type { TriedPoint } from '../../store/run-slice'
import { useStudio } from '../../store/store'
import { zipBytes } from '../../store/zip-bytes'
import { sentences } from '../../words/joining'
import classes from './drop-reasons.module.css'

/** A remedy with what it regains: as a share and in bytes; null until it was measured. */
interface Judged {
  readonly remedy: Remedy
  readonly gain: { readonly share: number; readonly bytes: number } | null
}

/** Why the settings in use lose what they lose: what they did to which layers, and what would help, as measured. */
export function DropReasons() {
  const { t } = useTranslation('charts')
  const committed = useStudio((state) => state.committed)
  const weights = useStudio((state) => state.weights)
  const data = useStudio((state) => state.data)
  const tried = useStudio((state) => state.tried)
  const original = useStudio((state) => state.originalMeasure)
  const place = useStudio((state) => state.reportPlace)
  const isSweeping = useStudio((state) => state.sweep.state === 'running')
  const remedies = useMemo(
    () => remediesIn({ committed, weights, data }),
    [committed, weights, data],
  )
  const drop = useMemo(
    () => dropIn({ committed, originalMeasure: original, tried }),
    [committed, original, tried],
  )
  if (drop === null || remedies.length === 0) return null
  const { here, lost, share } = drop
  const kind = measureKind(here.measure)
  const inPoints = isShareKind(kind)
  const judged = judge(remedies, tried, share, zipBytes(here.size, place), place)
  const open = judged.filter(({ gain }) => gain === null).length
  const layers = new Map(
    remedies.flatMap(({ layer }) => (layer === null ? [] : [[layer.name, layer]])),
  )
  return (
    <div className={classes['reasons']} role="group" aria-label={t('drop.label')} data-export="no">
      <Folded
        title={t(inPoints ? 'drop.title' : 'drop.titleOther', {
          points: formatPoints(-lost).slice(1),
        })}
      >
        <Stack gap="xs" data-long>
          {layers.size > 0 && (
            <div>
              <Text size="sm">{t('drop.layers')}</Text>
              <ul className={classes['list']}>
                {[...layers.values()].map((layer) => (
                  <LayerLine key={layer.name} layer={layer} />
                ))}
              </ul>
            </div>
          )}
          <ul className={classes['list']}>
            {judged.map(({ remedy, gain }) => (
              <li key={effectKey(remedy.recipe)} className={classes['remedy']}>
                <Text span size="sm" className={classes['name'] ?? ''}>
                  {t(`drop.remedies.${remedy.id}`, { layer: remedy.layer?.name })}
                </Text>
                <Text span size="sm" c={gain === null ? 'dimmed' : ''}>
                  {gain === null
                    ? t('drop.notYet')
                    : [
                        t(inPoints ? 'drop.gain' : 'drop.gainOther', {
                          points: formatPoints(gain.share),
                        }),
                        `${gain.bytes < 0 ? '−' : '+'}${formatBytes(Math.abs(gain.bytes))}`,
                      ].join(' · ')}
                </Text>
                <Button
                  size="compact-sm"
                  variant="default"
                  fw={400}
                  onClick={() => {
                    commands.useAnyRecipe(remedy.recipe)
                  }}
                >
                  {t('drop.use')}
                </Button>
              </li>
            ))}
          </ul>
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
        description={t(isShare ? 'drop.byItselfWhen' : 'drop.byItselfWhenOther', { allowedLoss })}
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

function LayerLine({ layer }: { readonly layer: TouchedLayer }) {
  const { t } = useTranslation('charts')
  const { bits, clipped, name, sqnrDb, weights, zeros } = layer
  return (
    <li>
      <Text size="sm" c="dimmed">
        {t('drop.layer', {
          name,
          db: (sqnrDb ?? 0).toFixed(1),
          zeros: formatPercent(zeros / weights, 0),
          bits: bits === null ? t('drop.noBits') : t('drop.bits', { count: bits }),
        })}
        {clipped > 0 &&
          t('drop.clipped', {
            count: clipped,
            clipped: formatCount(clipped),
            all: formatCount(weights),
          })}
      </Text>
    </li>
  )
}

/** What regains most first; what was not measured last, in its own order. */
function judge(
  remedies: readonly Remedy[],
  tried: readonly TriedPoint[],
  share: number,
  bytes: number,
  place: Parameters<typeof zipBytes>[1],
): readonly Judged[] {
  const points = new Map(tried.map((point) => [point.key, point]))
  return remedies
    .map((remedy): Judged => {
      const point = points.get(effectKey(remedy.recipe))
      const found = point === undefined ? null : measuredShare(point.measure)
      if (point === undefined || found === null) return { remedy, gain: null }
      return {
        remedy,
        gain: { share: found - share, bytes: zipBytes(point.size, place) - bytes },
      }
    })
    .sort((one, other) => (other.gain?.share ?? -Infinity) - (one.gain?.share ?? -Infinity))
}
