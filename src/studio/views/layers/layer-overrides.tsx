import { Button, Group, NativeSelect, NumberInput, Paper, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { ModelSummary } from '../../../core/model-summary'
import { kernelKinds } from '../../../core/tensor-spec'
import {
  overriddenLayers,
  overrideOf,
  withPruneOverrides,
  withQuantizeOverrides,
  withoutOverrides,
} from '../../../techniques/overrides'
import { MAX_BITS } from '../../../techniques/quantize/quantize.meta'
import type { Recipe } from '../../../techniques/recipe'
import { formatSignificant } from '../../../ui-kit/format-number'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import classes from './layer-list.module.css'

const EIGHT_BITS = 8

/** What the chosen layers do otherwise than the steps, and the exceptions as a whole. */
export function LayerOverrides({ model }: { readonly model: ModelSummary }) {
  const { t } = useTranslation('page')
  const focus = useStudio((state) => state.focus)
  const recipe = useStudio((state) => state.recipe)
  const exceptions = overriddenLayers(recipe)
  const layers = model.layers
    .filter(({ name, parameters }) => parameters > 0 && focus.includes(name))
    .map(({ name }) => name)
  const isOn = recipe.steps.some(({ enabled }) => enabled)
  if (!isOn && exceptions.size === 0) return null
  return (
    <div className={classes['exceptions']}>
      {layers.length > 0 && isOn && <Fields layers={layers} recipe={recipe} />}
      <Group gap={6}>
        <Button
          size="compact-xs"
          variant="default"
          fw={400}
          onClick={() => {
            commands.useRecipe(
              withQuantizeOverrides(recipe, firstAndLast(model), { bits: EIGHT_BITS }),
            )
          }}
        >
          {t('exceptions.firstAndLast')}
        </Button>
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

/** In the order of the model; the most sensitive layers of most networks. */
function firstAndLast({ layers }: ModelSummary): string[] {
  const kernels = layers.filter(
    ({ kind, parameters }) => parameters > 0 && kernelKinds.some((known) => known === kind),
  )
  return [...new Set([kernels[0]?.name, kernels.at(-1)?.name])].filter((name) => name !== undefined)
}

interface FieldsProps {
  readonly layers: readonly string[]
  readonly recipe: Recipe
}

const FOLLOW = 'follow'
const MIXED = 'mixed'

function Fields({ layers, recipe }: FieldsProps) {
  const { t } = useTranslation('page')
  const own = layers.map((layer) => overrideOf(recipe, layer))
  const prune = recipe.steps.find(({ technique }) => technique === 'prune')
  const quantize = recipe.steps.find(({ technique }) => technique === 'quantize')
  const [first, ...others] = layers
  const title =
    others.length === 0 ? (first ?? '') : t('exceptions.layers', { count: layers.length })
  const hasAny = own.some((one) => Object.keys({ ...one.prune, ...one.quantize }).length > 0)
  return (
    <Paper withBorder p="xs" role="group" aria-label={t('exceptions.title', { layers: title })}>
      <Group justify="space-between" wrap="nowrap" gap={6} mb={6}>
        <Text size="xs" fw={600} className={classes['exceptionsOf'] ?? ''}>
          {t('exceptions.title', { layers: title })}
        </Text>
        {hasAny && (
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
      {prune?.technique === 'prune' && prune.enabled && (
        <div className={classes['pair']}>
          <OnOff
            label={t('exceptions.prune')}
            values={own.map((one) => one.prune.enabled)}
            onChange={(enabled) => {
              commands.useRecipe(withPruneOverrides(recipe, layers, { enabled }))
            }}
          />
          <OwnValue
            target={prune.config.target}
            values={own.map((one) => one.prune.value)}
            follows={prune.config.value}
            onChange={(value) => {
              commands.useRecipe(withPruneOverrides(recipe, layers, { value }))
            }}
          />
        </div>
      )}
      {quantize?.technique === 'quantize' && quantize.enabled && (
        <>
          <div className={classes['pair']}>
            <OnOff
              label={t('exceptions.quantize')}
              values={own.map((one) => one.quantize.enabled)}
              onChange={(enabled) => {
                commands.useRecipe(withQuantizeOverrides(recipe, layers, { enabled }))
              }}
            />
            <Choice
              label={t('exceptions.bits')}
              values={own.map((one) => one.quantize.bits?.toString())}
              follows={String(quantize.config.bits)}
              options={Array.from({ length: MAX_BITS }, (_, index) => ({
                value: String(index + 1),
                label: String(index + 1),
              }))}
              onChange={(bits) => {
                const wanted = bits === undefined ? undefined : Number(bits)
                commands.useRecipe(withQuantizeOverrides(recipe, layers, { bits: wanted }))
              }}
            />
          </div>
          <div className={classes['pair']}>
            <Choice
              label={t('exceptions.scheme')}
              values={own.map((one) => one.quantize.scheme)}
              follows={t(`exceptions.schemes.${quantize.config.scheme}`)}
              options={schemes.map((value) => ({ value, label: t(`exceptions.schemes.${value}`) }))}
              onChange={(value) => {
                const scheme = schemes.find((one) => one === value)
                commands.useRecipe(withQuantizeOverrides(recipe, layers, { scheme }))
              }}
            />
            <Choice
              label={t('exceptions.granularity')}
              values={own.map((one) => one.quantize.granularity)}
              follows={t(`exceptions.granularities.${quantize.config.granularity}`)}
              options={granularities.map((value) => ({
                value,
                label: t(`exceptions.granularities.${value}`),
              }))}
              onChange={(value) => {
                const granularity = granularities.find((one) => one === value)
                commands.useRecipe(withQuantizeOverrides(recipe, layers, { granularity }))
              }}
            />
          </div>
        </>
      )}
    </Paper>
  )
}

const schemes = ['linear', 'affine', 'mean'] as const
const granularities = ['perTensor', 'perChannel'] as const
const onOff = ['on', 'off'] as const

/** What all have in common; null where they differ. */
function common<Value>(values: readonly (Value | undefined)[]): Value | undefined | null {
  const [first] = values
  return values.every((value) => value === first) ? first : null
}

interface OnOffProps {
  readonly label: string
  readonly values: readonly (boolean | undefined)[]
  readonly onChange: (enabled: boolean | undefined) => void
}

function OnOff({ label, values, onChange }: OnOffProps) {
  const { t } = useTranslation('page')
  return (
    <Choice
      label={label}
      values={values.map((on) => (on === undefined ? on : on ? 'on' : 'off'))}
      follows={null}
      options={onOff.map((value) => ({ value, label: t(`exceptions.${value}`) }))}
      onChange={(value) => {
        onChange(value === undefined ? value : value === 'on')
      }}
    />
  )
}

interface ChoiceProps {
  readonly label: string
  readonly values: readonly (string | undefined)[]
  /** What the step says; null where it need not be told. */
  readonly follows: string | null
  readonly options: readonly { readonly value: string; readonly label: string }[]
  readonly onChange: (value: string | undefined) => void
}

function Choice({ label, values, follows, options, onChange }: ChoiceProps) {
  const { t } = useTranslation('page')
  const shared = common(values)
  return (
    <NativeSelect
      size="xs"
      label={label}
      value={shared === null ? MIXED : (shared ?? FOLLOW)}
      onChange={(event) => {
        const { value } = event.currentTarget
        if (value !== MIXED) onChange(value === FOLLOW ? undefined : value)
      }}
      data={[
        ...(shared === null ? [{ value: MIXED, label: t('exceptions.mixed') }] : []),
        {
          value: FOLLOW,
          label:
            follows === null
              ? t('exceptions.follow')
              : t('exceptions.followValue', { value: follows }),
        },
        ...options,
      ]}
    />
  )
}

interface OwnValueProps {
  readonly target: 'threshold' | 'sigma' | 'sparsity'
  readonly values: readonly (number | undefined)[]
  readonly follows: number
  readonly onChange: (value: number | undefined) => void
}

/** Sparsity in per cent, or the unit in which the step leads. */
function OwnValue({ target, values, follows, onChange }: OwnValueProps) {
  const { t } = useTranslation('page')
  const scale = target === 'sparsity' ? 100 : 1
  const shared = common(values)
  const placeholder =
    shared === null
      ? t('exceptions.mixed')
      : t('exceptions.followValue', { value: formatSignificant(follows * scale, 3) })
  return (
    <NumberInput
      size="xs"
      label={t(`exceptions.values.${target}`)}
      placeholder={placeholder}
      min={0}
      {...(target === 'sparsity' ? { max: 100 } : {})}
      step={target === 'sparsity' ? 5 : 0.01}
      decimalScale={4}
      hideControls
      value={shared === null || shared === undefined ? '' : shared * scale}
      onChange={(value) => {
        onChange(value === '' ? undefined : Math.max(0, Number(value)) / scale)
      }}
    />
  )
}
