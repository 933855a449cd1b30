import { Menu, UnstyledButton } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { ModelSummary } from '../../../core/model-summary'
import { kernelKinds } from '../../../core/tensor-spec'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import classes from './layer-list.module.css'
import type { LayerTableRow } from './layer-table'

/** Chooses layers by kind, all that are shown, or none. */
export function SelectMenu({
  model,
  rows,
}: {
  readonly model: ModelSummary
  readonly rows: readonly LayerTableRow[]
}) {
  const { t } = useTranslation('page')
  const focus = useStudio((state) => state.focus)
  const weighted = model.layers.filter(({ parameters }) => parameters > 0)
  const ofKind = (kind: string): string[] =>
    weighted.filter((layer) => layer.kind === kind).map(({ name }) => name)
  return (
    <Menu position="bottom-start" withinPortal={false}>
      <Menu.Target>
        <UnstyledButton className={classes['select'] ?? ''}>
          {focus.length === 0
            ? t('layers.select')
            : t('layers.selected', { count: focus.length, total: weighted.length })}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          onClick={() => {
            commands.focusLayers(
              rows.filter(({ layer }) => layer.parameters > 0).map(({ layer }) => layer.name),
            )
          }}
        >
          {t('layers.selectAll')}
        </Menu.Item>
        {kernelKinds
          .filter((kind) => ofKind(kind).length > 0)
          .map((kind) => (
            <Menu.Item
              key={kind}
              onClick={() => {
                commands.focusLayers(ofKind(kind))
              }}
            >
              {t(`layers.kinds.${kind}`, { count: ofKind(kind).length })}
            </Menu.Item>
          ))}
        <Menu.Item
          disabled={focus.length === 0}
          onClick={() => {
            commands.focusLayers([])
          }}
        >
          {t('layers.selectNone')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
