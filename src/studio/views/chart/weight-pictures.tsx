import { ActionIcon, Group, NativeSelect, SegmentedControl, Skeleton, Text } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ModelSummary } from '../../../core/model-summary'
import { isCompressible } from '../../../core/tensor-spec'
import type { TensorSpec } from '../../../core/tensor-spec'
import type { WeightPicture } from '../../../core/weight-picture'
import { formatCount } from '../../../ui-kit/format-number'
import { useNewestAnswer } from '../../../ui-kit/use-newest-answer'
import { OutputsTable } from '../../charts/outputs-table'
import { WeightCanvas } from '../../charts/weight-canvas'
import { commands } from '../../commands/page-commands'
import { dataKey } from '../../store/data-in'
import { useStudio } from '../../store/store'
import classes from './weight-pictures.module.css'

interface Wanted {
  readonly tensor: string
  readonly from: number
}

/** The weights of one tensor as images, before and after; zeros have a colour of their own. */
export function WeightPictures({
  model,
  asTable,
}: {
  readonly model: ModelSummary
  readonly asTable: boolean
}) {
  const { t } = useTranslation('charts')
  const focus = useStudio((state) => state.focus)
  const recipe = useStudio((state) => state.recipe)
  const setPicture = useStudio((state) => state.setPicture)
  const [wanted, setWanted] = useState<Wanted>({ tensor: '', from: 0 })
  const [which, setWhich] = useState<'before' | 'after'>('after')
  const specs = useMemo(() => drawnTensors(model), [model])
  const tensor = tensorFor(specs, focus, wanted.tensor)?.name ?? null
  const from = tensor === wanted.tensor ? wanted.from : 0
  // An engine that was started anew is asked anew.
  const modelId = model.id
  // Steps may make other weights with other inputs.
  const key = useStudio((state) => dataKey(state.data))
  const ask = useMemo(
    () =>
      tensor === null || modelId === '' || key === ''
        ? null
        : async () => ({ tensor, value: await commands.picture({ recipe, tensor, from }) }),
    [tensor, from, recipe, modelId, key],
  )
  const answer = useNewestAnswer(ask)
  useEffect(() => {
    setPicture(answer)
  }, [answer, setPicture])
  const picture = answer?.tensor === tensor ? answer.value : null
  if (tensor === null)
    return (
      <Text c="dimmed" ta="center" py={48}>
        {t('pictures.none')}
      </Text>
    )
  return (
    <div className={classes['pictures']}>
      <Group gap={8} data-export="no">
        <NativeSelect
          size="xs"
          aria-label={t('pictures.tensor')}
          value={tensor}
          data={specs.map(({ name }) => name)}
          onChange={({ currentTarget: { value } }) => {
            setWanted({ tensor: value, from: 0 })
            const layer = specs.find(({ name }) => name === value)?.layerName
            if (layer !== undefined) commands.focusLayers([layer])
          }}
        />
        {!asTable && (
          <SegmentedControl
            size="xs"
            aria-label={t('pictures.which')}
            value={which}
            onChange={(value) => {
              setWhich(value === 'before' ? 'before' : 'after')
            }}
            data={[
              { value: 'after', label: t('compressed') },
              { value: 'before', label: t('original') },
            ]}
          />
        )}
        {picture !== null && picture.shown < picture.outputs && (
          <Pager
            picture={picture}
            onFrom={(first) => {
              setWanted({ tensor, from: first })
            }}
          />
        )}
      </Group>
      {picture === null ? (
        <Skeleton h={240} aria-label={t('loading')} role="status" />
      ) : asTable ? (
        <OutputsTable picture={picture} />
      ) : (
        <WeightCanvas picture={picture} which={which} tensor={tensor} />
      )}
    </div>
  )
}

function drawnTensors(model: ModelSummary): readonly TensorSpec[] {
  return model.layers.flatMap(({ tensors }) =>
    tensors.map(({ spec }) => spec).filter((spec) => isCompressible(spec)),
  )
}

/** What was asked for, unless other layers were chosen since; then the first of theirs. */
function tensorFor(
  specs: readonly TensorSpec[],
  focus: readonly string[],
  wanted: string,
): TensorSpec | undefined {
  const chosen = specs.filter(({ layerName }) => focus.includes(layerName))
  const among = chosen.length === 0 ? specs : chosen
  return among.find(({ name }) => name === wanted) ?? among[0]
}

function Pager({
  picture,
  onFrom,
}: {
  readonly picture: WeightPicture
  readonly onFrom: (from: number) => void
}) {
  const { t } = useTranslation('charts')
  const { from, outputs, shown } = picture
  return (
    <Group gap={4}>
      <ActionIcon
        variant="default"
        aria-label={t('pictures.earlier')}
        disabled={from === 0}
        onClick={() => {
          onFrom(Math.max(0, from - shown))
        }}
      >
        <IconChevronLeft size={16} />
      </ActionIcon>
      <Text size="xs" c="dimmed" component="span">
        {t('pictures.range', {
          from: formatCount(from + 1),
          to: formatCount(from + shown),
          outputs: formatCount(outputs),
        })}
      </Text>
      <ActionIcon
        variant="default"
        aria-label={t('pictures.later')}
        disabled={from + shown >= outputs}
        onClick={() => {
          onFrom(from + shown)
        }}
      >
        <IconChevronRight size={16} />
      </ActionIcon>
    </Group>
  )
}
