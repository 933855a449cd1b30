import { NativeSelect, SegmentedControl, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { layerViews } from '../../store/look-slice'
import { useStudio } from '../../store/store'
import { layerOrders } from '../../store/view-slice'
import classes from './layer-list.module.css'

interface LayerHeadProps {
  readonly titled: boolean
  readonly isList: boolean
}

/** List or graph, and the order of the list. */
export function LayerHead({ titled, isList }: LayerHeadProps) {
  const { t } = useTranslation('page')
  const order = useStudio((state) => state.layerOrder)
  const setOrder = useStudio((state) => state.setLayerOrder)
  const view = useStudio((state) => state.look.layers)
  const show = useStudio((state) => state.showLayers)
  return (
    <>
      <div className={classes['head']}>
        {titled && (
          <Text component="h2" fw={600} size="sm" m={0}>
            {t('layers.title')}
          </Text>
        )}
        <SegmentedControl
          size="xs"
          aria-label={t('layers.view')}
          value={view}
          onChange={(value) => {
            show(value === 'graph' ? 'graph' : 'list')
          }}
          data={layerViews.map((value) => ({ value, label: t(`layers.views.${value}`) }))}
        />
      </div>
      {isList && (
        <NativeSelect
          size="xs"
          mb={6}
          aria-label={t('layers.order')}
          value={order}
          onChange={(event) => {
            const chosen = layerOrders.find((value) => value === event.currentTarget.value)
            if (chosen !== undefined) setOrder(chosen)
          }}
          data={layerOrders.map((value) => ({ value, label: t(`layers.orders.${value}`) }))}
        />
      )}
    </>
  )
}
