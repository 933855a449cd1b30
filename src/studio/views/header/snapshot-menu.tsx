import { ActionIcon, Button, Group, Popover, Text, TextInput } from '@mantine/core'
import { IconBookmarks, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { commands } from '../../commands/page-commands'
import type { Snapshot } from '../../store/history-slice'
import { useStudio } from '../../store/store'
import classes from './snapshot-menu.module.css'
import { useRecipeText } from '../../words/use-recipe-text'

/** Settings under names, to go back to. */
export function SnapshotMenu() {
  const { t } = useTranslation('page')
  const [opened, setOpened] = useState(false)
  const snapshots = useStudio((state) => state.snapshots)
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="bottom-end"
      width={300}
      trapFocus
      withinPortal
    >
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t('snapshots.title')}
          title={t('snapshots.title')}
          aria-expanded={opened}
          onClick={() => {
            setOpened(!opened)
          }}
        >
          <IconBookmarks size={18} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('snapshots.title')}>
        <SaveForm />
        {snapshots.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t('snapshots.empty')}
          </Text>
        ) : (
          <ul className={classes['list']}>
            {snapshots.map((snapshot) => (
              <SnapshotRow
                key={snapshot.name}
                snapshot={snapshot}
                onUse={() => {
                  setOpened(false)
                }}
              />
            ))}
          </ul>
        )}
      </Popover.Dropdown>
    </Popover>
  )
}

function SaveForm() {
  const { t } = useTranslation('page')
  const describe = useRecipeText(useStudio((state) => state.model?.layers))
  const recipe = useStudio((state) => state.committed)
  const [name, setName] = useState('')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        // Enter on an empty field takes what the settings are called anyway.
        void commands.saveSnapshot(name.trim() === '' ? describe(recipe) : name)
        setName('')
      }}
    >
      <Group gap={6} mb="sm" wrap="nowrap" align="end">
        <TextInput
          size="xs"
          label={t('snapshots.name')}
          placeholder={describe(recipe)}
          value={name}
          maxLength={80}
          className={classes['field'] ?? ''}
          data-autofocus
          onChange={(event) => {
            setName(event.currentTarget.value)
          }}
        />
        <Button size="xs" type="submit">
          {t('snapshots.save')}
        </Button>
      </Group>
    </form>
  )
}

function SnapshotRow({
  snapshot,
  onUse,
}: {
  readonly snapshot: Snapshot
  readonly onUse: () => void
}) {
  const { t } = useTranslation('page')
  const describe = useRecipeText(useStudio((state) => state.model?.layers))
  const { name, recipe } = snapshot
  return (
    <li className={classes['row']}>
      <button
        type="button"
        className={classes['use']}
        onClick={() => {
          commands.useAnyRecipe(recipe)
          onUse()
        }}
      >
        <span className={classes['name']}>{name}</span>
        <span className={classes['settings']}>{describe(recipe)}</span>
      </button>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t('snapshots.remove', { name })}
        onClick={() => {
          void commands.removeSnapshot(name)
        }}
      >
        <IconTrash size={16} />
      </ActionIcon>
    </li>
  )
}
