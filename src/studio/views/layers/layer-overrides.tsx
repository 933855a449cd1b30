import { Button, Group, Paper, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { ModelSummary } from '../../../core/model-summary'
import { techniqueIds } from '../../../techniques/catalog'
import type { ConfigOf, TechniqueId } from '../../../techniques/catalog'
import {
  overriddenLayers,
  overrideOf,
  withOverrides,
  withoutOverrides,
} from '../../../techniques/overrides'
import type { TechniqueFace } from '../../../techniques/panel.ui'
import { faceOf } from '../../../techniques/panels.ui'
import { isOn, stepOf } from '../../../techniques/recipe'
import type { Recipe } from '../../../techniques/recipe'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import classes from './layer-list.module.css'

/** What the chosen layers do otherwise than the steps, and the exceptions as a whole. */
export function LayerOverrides({ model }: { readonly model: ModelSummary }) {
  const { t } = useTranslation('page')
  const focus = useStudio((state) => state.focus)
  const recipe = useStudio((state) => state.recipe)
  const exceptions = overriddenLayers(recipe)
  const layers = model.layers
    .filter(({ name, parameters }) => parameters > 0 && focus.includes(name))
    .map(({ name }) => name)
  const anyOn = recipe.steps.some(({ enabled }) => enabled)
  if (!anyOn && exceptions.size === 0) return null
  return (
    <div className={classes['exceptions']}>
      {layers.length > 0 && anyOn && <Fields layers={layers} recipe={recipe} />}
      <Group gap={6}>
        {techniqueIds.map((technique) => (
          <ShortcutButton key={technique} technique={technique} model={model} recipe={recipe} />
        ))}
        {exceptions.size > 0 && (
          <Button
            size="compact-xs"
            variant="default"
            fw={400}
            onClick={() => {
              commands.useRecipe(withoutOverrides(recipe, exceptions))
            }}
          >
            {t('exceptions.resetAll', { count: exceptions.size })}
          </Button>
        )}
      </Group>
    </div>
  )
}

interface ShortcutProps<Id extends TechniqueId> {
  readonly technique: Id
  readonly model: ModelSummary
  readonly recipe: Recipe
}

function ShortcutButton<Id extends TechniqueId>({ technique, model, recipe }: ShortcutProps<Id>) {
  const { t } = useTranslation('techniques')
  const { shortcut }: Pick<TechniqueFace<ConfigOf<Id>>, 'shortcut'> = faceOf(technique)
  if (shortcut === null) return null
  const { label, layers, changes } = shortcut
  return (
    <Button
      size="compact-xs"
      variant="default"
      fw={400}
      onClick={() => {
        commands.useRecipe(withOverrides(recipe, technique, layers(model), changes))
      }}
    >
      {t(label)}
    </Button>
  )
}

interface FieldsProps {
  readonly layers: readonly string[]
  readonly recipe: Recipe
}

function Fields({ layers, recipe }: FieldsProps) {
  const { t } = useTranslation('page')
  const exceptions = overriddenLayers(recipe)
  const [first, ...others] = layers
  const title =
    others.length === 0 ? (first ?? '') : t('exceptions.layers', { count: layers.length })
  return (
    <Paper withBorder p="xs" role="group" aria-label={t('exceptions.title', { layers: title })}>
      <Group justify="space-between" wrap="nowrap" gap={6} mb={6}>
        <Text size="xs" fw={600} className={classes['exceptionsOf'] ?? ''}>
          {t('exceptions.title', { layers: title })}
        </Text>
        {layers.some((layer) => exceptions.has(layer)) && (
          <Button
            size="compact-xs"
            variant="subtle"
            onClick={() => {
              commands.useRecipe(withoutOverrides(recipe, layers))
            }}
          >
            {t('exceptions.reset')}
          </Button>
        )}
      </Group>
      <div className={classes['exceptionFields']}>
        {techniqueIds.map((technique) => (
          <TechniqueFields key={technique} technique={technique} layers={layers} recipe={recipe} />
        ))}
      </div>
    </Paper>
  )
}

interface TechniqueFieldsProps<Id extends TechniqueId> extends FieldsProps {
  readonly technique: Id
}

/** The fields of a technique whose step is on. */
function TechniqueFields<Id extends TechniqueId>(props: TechniqueFieldsProps<Id>) {
  const { technique, layers, recipe } = props
  const { Exceptions }: Pick<TechniqueFace<ConfigOf<Id>>, 'Exceptions'> = faceOf(technique)
  const step = stepOf(recipe, technique)
  if (step === null || !isOn(recipe, technique)) return null
  return (
    <Exceptions
      config={step.config}
      own={layers.map((layer) => overrideOf(recipe, technique, layer))}
      onChange={(changes) => {
        commands.useRecipe(withOverrides(recipe, technique, layers, changes))
      }}
    />
  )
}
