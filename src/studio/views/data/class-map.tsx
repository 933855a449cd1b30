import { Button, FileButton, Group, NativeSelect, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { onlySide } from '../../../core/output-columns'
import { outcomesOf } from '../../../data/class-orders'
import type { DataSummary } from '../../../protocol/data-messages'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import classes from './data.module.css'
import { phrases } from '../../words/joining'

const NONE = -1
/** More rows are a list that nobody edits by hand: a dropped list of names does it. */
const MOST_ROWS = 100

/** Which output of the model stands for which class of the data. */
export function ClassMap({ data }: { readonly data: DataSummary }) {
  const { t } = useTranslation('page')
  const names = useStudio((state) => state.outputNames)
  const outputs = useStudio((state) => onlySide(state.model?.outputs[0]?.shape ?? []) ?? 0)
  const { classNames, settings } = data
  const map = classNames.map((_, index) => settings.classMap?.[index] ?? index)
  const [assumed] = data.classOrders
  const orders = data.classOrders.filter(({ map: other }) => other.join() !== map.join())
  // Names say which class is which; without them the order is a guess where there are several.
  const isAssumed =
    assumed !== undefined &&
    names === null &&
    orders.length > 0 &&
    assumed.map.join() === map.join()
  const labelOf = (output: number): string => {
    if (outputs === 1) return t(output === 0 ? 'data.smallNumber' : 'data.largeNumber')
    const name = names?.[output]
    return name === undefined ? t('data.output', { index: output }) : `${output} · ${name}`
  }
  const choices = [
    { value: String(NONE), label: t('data.noOutput') },
    ...Array.from({ length: outcomesOf(outputs) }, (_, output) => ({
      value: String(output),
      label: labelOf(output),
    })),
  ]
  return (
    <div>
      <Text size="xs" c="dimmed">
        {t('data.classesExplain')}
      </Text>
      {isAssumed && (
        <Text size="xs">
          {t('data.orderAssumed', {
            order: t(`reading.orders.${assumed.id}`),
            others: phrases(orders.map(({ id }) => t(`reading.orders.${id}`))),
          })}
        </Text>
      )}
      <Group gap="xs" my={6}>
        <FileButton
          accept=".txt,.json,.csv,.names,.yaml,.yml,.pbtxt"
          onChange={(file) => {
            if (file !== null) void commands.loadClassNames(file)
          }}
        >
          {(props) => (
            <Button {...props} size="compact-xs" variant="default">
              {t('data.classNames')}
            </Button>
          )}
        </FileButton>
        {orders.map((order) => (
          <Button
            key={order.id}
            size="compact-xs"
            variant="subtle"
            color="gray"
            onClick={() => {
              void commands.configureData({ ...settings, classMap: order.map })
            }}
          >
            {t(`reading.orders.${order.id}`)}
          </Button>
        ))}
      </Group>
      <div className={classes['classes']}>
        {classNames.slice(0, MOST_ROWS).map((name, index) => (
          <NativeSelect
            key={name}
            size="xs"
            label={name}
            aria-label={t('data.outputOf', { name })}
            value={String(map[index])}
            onChange={(event) => {
              const output = Number(event.currentTarget.value)
              void commands.configureData({
                ...settings,
                classMap: map.map((old, place) => (place === index ? output : old)),
              })
            }}
            data={choices}
          />
        ))}
      </div>
    </div>
  )
}
