import { ActionIcon, Button, Group, Paper, Text } from '@mantine/core'
import { IconFile, IconFileAlert, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import classes from './missing-files.module.css'
import { listed } from '../../words/joining'

/** An incomplete drop: what has come, what is still missing, and how to start over. */
export function MissingFiles({ onAdd }: { readonly onAdd: () => void }) {
  const { t } = useTranslation('page')
  const collected = useStudio((state) => state.collected)
  if (collected === null) return null
  return (
    <Paper withBorder p="md" component="section" aria-label={t('collect.title')} role="group">
      <Text fw={600} role="alert">
        {t('collect.missing', { files: listed(collected.missing) })}
      </Text>
      <Text size="sm" c="dimmed" mt={2}>
        {t('collect.explain')}
      </Text>
      <ul className={classes['fileList']}>
        {collected.received.map((name) => (
          <li key={`received ${name}`}>
            <IconFile size={16} aria-hidden />
            <span className={classes['fileName']}>{name}</span>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="sm"
              aria-label={t('collect.remove', { file: name })}
              onClick={() => {
                void commands.removeCollected(name)
              }}
            >
              <IconX size={14} />
            </ActionIcon>
          </li>
        ))}
        {collected.missing.map((name) => (
          <li key={`missing ${name}`} data-missing>
            <IconFileAlert size={16} aria-hidden />
            <span className={classes['fileName']}>{name}</span>
            <Text span size="xs">
              {t('collect.stillMissing')}
            </Text>
          </li>
        ))}
      </ul>
      <Group gap="xs" mt="sm">
        <Button size="xs" onClick={onAdd}>
          {t('collect.add')}
        </Button>
        <Button size="xs" variant="default" onClick={commands.forgetCollected}>
          {t('collect.clear')}
        </Button>
      </Group>
    </Paper>
  )
}
