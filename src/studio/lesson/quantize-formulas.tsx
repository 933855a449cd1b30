import { Button, Group, Table, Text } from '@mantine/core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { MAX_BITS } from '../../techniques/quantize/quantize.meta'
import type { WeightFormulas } from '../../techniques/quantize/weight-formulas'
import { isOn, stepOf, withConfig } from '../../techniques/recipe'
import { formatCount, formatSignificant } from '../../ui-kit/format-number'
import { useNewestAnswer } from '../../ui-kit/use-newest-answer'
import { ValueSlider } from '../../ui-kit/value-slider'
import { commands } from '../commands/page-commands'
import type { Lesson } from '../store/lesson-slice'
import { trialRecipe } from '../store/lesson-steps'
import { useStudio } from '../store/store'
import classes from './lesson.module.css'

interface QuantizeFormulasProps {
  readonly lesson: Lesson
  readonly scheme: 'linear' | 'mean'
  /** Weights of the tensor. */
  readonly count: number
}

const figure = (value: number): string => formatSignificant(value, 4).replace('-', '\u2212')
/** The next weight is far away, and all come in turn: this is prime. */
const STRIDE = 7919

/** One weight of the chosen layer in the formulas, by the settings as they are. */
export function QuantizeFormulas({ lesson, scheme, count }: QuantizeFormulasProps) {
  const { index, layer } = lesson
  const recipe = useStudio((state) => state.recipe)
  const modelId = useStudio((state) => state.model?.id ?? '')
  const ask = useMemo(() => {
    if (modelId === '') return null
    const shown = isOn(recipe, 'quantize') ? recipe : trialRecipe(scheme, recipe)
    return () => commands.formulas({ recipe: shown, layer, index })
  }, [recipe, scheme, layer, index, modelId])
  const found = useNewestAnswer(ask)
  return (
    <>
      <BitsSlider />
      {found !== null && (
        <>
          <Formulas
            found={found}
            scheme={scheme}
            onNext={() => {
              void commands.chooseLessonWeight((found.index + STRIDE) % Math.max(1, count))
            }}
          />
          {scheme === 'mean' && <Schemes found={found} />}
        </>
      )}
    </>
  )
}

interface FormulasProps extends Pick<QuantizeFormulasProps, 'scheme'> {
  readonly found: WeightFormulas
  readonly onNext: () => void
}

function Formulas({ found, scheme, onNext }: FormulasProps) {
  const { t } = useTranslation('lesson')
  const { bits, count, index, isClamped, isRemoved, mean, q, shape, tensor, x, y } = found
  const restored = found[scheme]
  const place = `[${placeOf(index, shape).join('][')}]`
  const bin = figureOfBin(y)
  return (
    <div>
      <Group justify="space-between" gap={6} mb={4}>
        <Text size="xs" c="dimmed">
          {t('weight.of', { place, tensor, count: formatCount(count) })}
        </Text>
        <Button size="compact-xs" variant="default" onClick={onNext}>
          {t('weight.another')}
        </Button>
      </Group>
      <ul className={classes['formulas']}>
        {isRemoved ? (
          <li>{t('weight.removed')}</li>
        ) : (
          <>
            <li>{t('formulas.q', { q: figure(q), bits, bins: formatCount(2 ** bits) })}</li>
            <li>{t('formulas.y', { x: figure(x), q: figure(q), y: bin })}</li>
            {isClamped && <li>{t('weight.clamped', { y: bin })}</li>}
            <li>
              {scheme === 'linear'
                ? t('formulas.z', { y: bin, q: figure(q), z: figure(restored.value) })
                : t('formulas.mean', {
                    ...{ y: bin, members: formatCount(mean.members), z: figure(restored.value) },
                  })}
            </li>
            <li>{t('formulas.linearError', { error: figure(restored.error) })}</li>
          </>
        )}
      </ul>
    </div>
  )
}

function figureOfBin(y: number): string {
  return String(y).replace('-', '\u2212')
}

/** Coordinates of a weight, as its tensor is stored: row after row. */
function placeOf(index: number, shape: readonly number[]): readonly number[] {
  let left = index
  return shape
    .toReversed()
    .map((side) => {
      const at = left % side
      left = Math.floor(left / side)
      return at
    })
    .toReversed()
}

function Schemes({ found }: { readonly found: WeightFormulas }) {
  const { t } = useTranslation('lesson')
  return (
    <div className={classes['scroll']}>
      <Table fz="xs" withRowBorders={false} horizontalSpacing={4} verticalSpacing={2}>
        <Table.Caption fz="xs">{t('schemes.caption', { tensor: found.tensor })}</Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('schemes.what')}</Table.Th>
            <Table.Th className={classes['figure'] ?? ''}>{t('schemes.z')}</Table.Th>
            <Table.Th className={classes['figure'] ?? ''}>{t('schemes.error')}</Table.Th>
            <Table.Th className={classes['figure'] ?? ''}>{t('schemes.mse')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {(['linear', 'mean'] as const).map((scheme) => (
            <Table.Tr key={scheme}>
              <Table.Th scope="row" fw={400}>
                {t(`schemes.${scheme}`)}
              </Table.Th>
              {[found[scheme].value, found[scheme].error, found[scheme].mse].map((value, at) => (
                <Table.Td key={at} className={classes['figure'] ?? ''}>
                  {figure(value)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}

/** The slider of the card, once more. */
function BitsSlider() {
  const { t } = useTranslation('lesson')
  const recipe = useStudio((state) => state.recipe)
  const index = recipe.steps.findIndex(({ technique }) => technique === 'quantize')
  const bits = stepOf(recipe, 'quantize')?.config.bits ?? 0
  const change = (value: number, how: 'dragStep' | 'changeStep'): void => {
    const step = withConfig(recipe, 'quantize', { bits: Math.round(value) }).steps[index]
    if (step !== undefined) commands[how](index, step)
  }
  if (!isOn(recipe, 'quantize')) return null
  return (
    <ValueSlider
      name={t('bits')}
      fieldName={t('bitsValue')}
      value={bits}
      min={1}
      max={MAX_BITS}
      step={1}
      format={(value) => String(Math.round(value))}
      onDrag={(value) => {
        change(value, 'dragStep')
      }}
      onSettle={(value) => {
        change(value, 'changeStep')
      }}
    />
  )
}
