import { Button, NumberInput, Text } from '@mantine/core'
import { IconWand } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { commands } from '../../commands/page-commands'
import { useNumberDraft } from '../../../ui-kit/use-number-draft'
import { dataIn } from '../../store/data-in'
import { suggestedBytes } from '../../store/small-figures'
import { useStudio } from '../../store/store'
import { sentences } from '../../words/joining'
import { Segments } from '../train/train-fields'
import { WishField } from './wish-field'

/** Points that are offered; others are somebody's own. */
const offered = [0, 0.5, 1, 2] as const

/** What a search is to keep to, and the button that begins it. */
export function SmallGoal({ again }: { readonly again: boolean }) {
  const { t } = useTranslation('small')
  const wish = useStudio((state) => state.smallWish.wish)
  return (
    <>
      <WishField />
      {wish === 'bytes' ? <Bytes /> : <Loss />}
      <NoLabels />
      <FromTrained />
      <Button
        fullWidth
        variant={again ? 'light' : 'filled'}
        leftSection={<IconWand size={16} />}
        onClick={() => {
          void commands.startSmall()
        }}
      >
        {t(again ? 'goAgain' : 'go')}
      </Button>
    </>
  )
}

function Loss() {
  const { t } = useTranslation('small')
  const points = useStudio((state) => 100 * state.smallWish.loss)
  const known = offered.find((value) => Math.abs(value - points) < 1e-9)
  const [own, setOwn] = useState(known === undefined)
  const change = (value: number): void => {
    commands.changeSmallWish({ loss: value / 100 })
  }
  const draft = useNumberDraft(
    Number(points.toPrecision(6)),
    (next) => next >= 0 && next <= 100,
    change,
  )
  return (
    <>
      <Segments
        label={t('loss.label')}
        value={own || known === undefined ? 'own' : String(known)}
        data={[
          ...offered.map((value) => ({ value: String(value), label: String(value) })),
          { value: 'own', label: t('loss.own') },
        ]}
        onChange={(value) => {
          setOwn(value === 'own')
          if (value !== 'own') change(Number(value))
        }}
      />
      {(own || known === undefined) && (
        <NumberInput
          size="xs"
          label={t('loss.ownLabel')}
          {...draft}
          min={0}
          max={100}
          step={0.1}
          decimalScale={3}
          clampBehavior="blur"
        />
      )}
    </>
  )
}

function Bytes() {
  const { t } = useTranslation('small')
  const bytes = useStudio((state) => state.smallBytes ?? suggestedBytes(state.model))
  const draft = useNumberDraft(
    Number((bytes / 1000).toPrecision(6)),
    (next) => next >= 0.1,
    (next) => {
      commands.changeSmallBytes(1000 * next)
    },
  )
  return (
    <NumberInput
      size="xs"
      label={t('bytes')}
      {...draft}
      min={0.1}
      decimalScale={1}
      clampBehavior="blur"
    />
  )
}

/** What is found keeps the weights that are in use: those of a winner of training are not the file's any more. */
function FromTrained() {
  const { t } = useTranslation('small')
  const isTrained = useStudio((state) => state.recipe.trained !== undefined)
  if (!isTrained) return null
  return (
    <Text size="xs" c="dimmed">
      {t('fromTrained')}
    </Text>
  )
}

/** What a search is worth where nobody has said what is right. */
function NoLabels() {
  const { t } = useTranslation('small')
  const without = useStudio(({ data }) => {
    const attached = dataIn(data)
    if (attached === null) return 'synthetic'
    return attached.settings.task === 'unlabelled' ? 'unlabelled' : null
  })
  if (without === null) return null
  return (
    <Text size="xs" c="dimmed">
      {sentences(t('noData'), without === 'synthetic' && t('synthetic'))}
    </Text>
  )
}
