import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { RecipeStep } from '../../techniques/catalog'
import { recipeDifference } from '../../techniques/recipe-difference'
import type { RecipeDifference, StepName } from '../../techniques/recipe-difference'
import type { Recipe } from '../../techniques/recipe'
import type { Description } from '../../techniques/technique'
import '../i18n/compare-words'
import { labelled, listed } from './joining'
import { factText } from './step-words'
import { useStepText } from './use-step-text'

/** So many layers are named; the others are counted. */
const MOST_NAMES = 4

/** What one recipe does otherwise than another, a line for each: `dense1: 3 bits instead of 4`. None: nothing. */
export function useDifferenceText(): (from: Recipe, to: Recipe) => readonly string[] {
  const { t } = useTranslation('compare')
  const { t: technique } = useTranslation('techniques')
  const stepText = useStepText()
  return useCallback(
    (from, to) => {
      // Each technique names its own words; a test says that they are there.
      const say = t as (key: string, facts?: Record<string, string | number>) => string
      const nameOf = ({ technique: id, turn }: StepName): string => {
        const step = technique(`${id}.label`)
        return turn === null ? step : t('difference.turn', { step, turn })
      }
      const settings = (step: StepName, aspect: string, { facts, form }: Description): string => {
        const words = `difference.${step.technique}.${aspect}`
        const said = Object.entries(facts).map(([name, fact]) => [
          name,
          factText(fact, (word) => say(`${words}.${word}`), 1),
        ])
        return say(`${words}.${form}`, Object.fromEntries(said) as Record<string, string>)
      }
      const layersText = (layers: readonly string[]): string => {
        const named = listed(layers.slice(0, MOST_NAMES))
        const count = layers.length - MOST_NAMES
        return count > 0 ? t('difference.more', { layers: named, count }) : named
      }
      const inOrder = (steps: readonly StepName[]): string =>
        steps.map(nameOf).reduce((first, next) => t('difference.then', { first, next }))
      const added = (name: StepName, set: RecipeStep): string => {
        const step = nameOf(name)
        return Object.keys(set.config).length > 1
          ? t('difference.added', { step, set: stepText(set) })
          : t('difference.addedPlain', { step })
      }
      const text = (one: RecipeDifference): string => {
        switch (one.kind) {
          case 'weights':
            return t(`difference.weights.${one.now}`)
          case 'added':
            return added(one.step, one.set)
          case 'removed':
            return t('difference.removed', { step: nameOf(one.step) })
          case 'aspect': {
            const { aspect, step } = one
            const [was, is] = [one.from, one.to].map((value) => settings(step, aspect, value))
            return say(`difference.${step.technique}.${aspect}.says`, {
              from: was ?? '',
              to: is ?? '',
            })
          }
          case 'own':
            return say(`difference.${one.step.technique}.own.${one.to}`)
          case 'order':
            return t('difference.order', { from: inOrder(one.from), to: inOrder(one.to) })
          case 'seed':
            return t('difference.seed', { from: one.from, to: one.to })
          case 'unused':
            return t('difference.unused', { step: nameOf(one.step) })
        }
      }
      return recipeDifference(from, to).map((one) =>
        'layers' in one && one.layers.length > 0
          ? labelled(layersText(one.layers), text(one))
          : text(one),
      )
    },
    [t, technique, stepText],
  )
}
