import { Button, Group, Text, Title, UnstyledButton } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatBytes } from '../../../ui-kit/format-number'
import { inTurn } from '../../../ui-kit/in-turn'
import { commands } from '../../commands/page-commands'
import type { ListedSession } from '../../keeping/kept-list'
import { endSpace, noteSpace } from '../../keeping/list-space'
import { pageStorage } from '../../keeping/page-storage'
import { useStudio } from '../../store/store'
import { useRecipeText } from '../../words/use-recipe-text'
import classes from './continue-list.module.css'

interface ContinueListProps {
  readonly busy: boolean
}

/** For returning visitors: the last few models as they were left, to go on with or to forget. */
export function ContinueList({ busy }: ContinueListProps) {
  const place = useRef<HTMLDivElement>(null)
  const [entries, setEntries] = useState<number | null>(null)
  useLayoutEffect(() => {
    if (entries === null || place.current === null) return
    endSpace(document.documentElement)
    noteSpace(pageStorage, { entries, height: place.current.offsetHeight })
  }, [entries])
  return (
    <div ref={place} className={classes['place']}>
      <Listed busy={busy} onListed={setEntries} />
    </div>
  )
}

interface ListedProps extends ContinueListProps {
  readonly onListed: (entries: number) => void
}

function Listed({ busy, onListed }: ListedProps) {
  const { t } = useTranslation('page')
  const title = useRef<HTMLHeadingElement>(null)
  const announce = useStudio((state) => state.announce)
  const [listed, setListed] = useState<readonly ListedSession[]>([])
  const [looks, setLooks] = useState(0)
  useEffect(() => {
    const show = (found: readonly ListedSession[]): void => {
      setListed(found)
      onListed(found.length)
    }
    return inTurn([
      () => {
        // Without its code there is nothing to offer.
        commands.listKept().then(show, () => {
          show([])
        })
      },
    ])
  }, [looks, onListed])
  if (listed.length === 0 && looks === 0) return null
  const forget = async (work: Promise<void>, said: string): Promise<void> => {
    await work
    announce(said)
    setLooks(looks + 1)
    // The button that had it is gone.
    title.current?.focus()
  }
  const head = (
    <Title order={2} id="continue" size="h5" mt="xl" mb="xs" tabIndex={-1} ref={title}>
      {t('continue.title')}
    </Title>
  )
  if (listed.length === 0)
    return (
      <section aria-labelledby="continue">
        {head}
        <Text size="sm" c="dimmed">
          {t('continue.allForgotten')}
        </Text>
      </section>
    )
  return (
    <section aria-labelledby="continue">
      {head}
      <ul className={classes['list']}>
        {listed.map((entry) => (
          <li key={entry.id} className={classes['entry']}>
            <Entry
              entry={entry}
              busy={busy}
              hasTwin={listed.some(({ id, name }) => id !== entry.id && name === entry.name)}
            />
            <Button
              variant="subtle"
              color="gray"
              size="sm"
              mih={44}
              disabled={busy}
              aria-label={t('continue.forget', { name: entry.name })}
              onClick={() => {
                const said = t('continue.forgotten', { name: entry.name })
                void forget(commands.forgetListed(entry), said)
              }}
            >
              {t('continue.forgetShort')}
            </Button>
          </li>
        ))}
      </ul>
      <Group gap="xs" justify="space-between" wrap="nowrap">
        <Text size="xs" c="dimmed">
          {t('continue.what')}
        </Text>
        <Button
          variant="subtle"
          color="gray"
          size="sm"
          mih={44}
          disabled={busy}
          className={classes['all'] ?? ''}
          onClick={() => {
            void forget(commands.forgetAllListed(), t('continue.allForgotten'))
          }}
        >
          {t('continue.forgetAll')}
        </Button>
      </Group>
    </section>
  )
}

interface EntryProps {
  readonly busy: boolean
  readonly entry: ListedSession
  /** Another one has the same name: seconds may tell them apart. */
  readonly hasTwin: boolean
}

function Entry({ busy, entry, hasTwin }: EntryProps) {
  const { t, i18n } = useTranslation('page')
  const describe = useRecipeText()
  const { bytes, changed, isCut, isOpen, name, recipe } = entry
  const timeStyle = hasTwin ? 'medium' : 'short'
  const when = new Intl.DateTimeFormat(i18n.language, { dateStyle: 'medium', timeStyle })
  const facts = [
    ...(bytes > 0 ? [formatBytes(bytes)] : []),
    when.format(changed),
    ...(isCut ? [t('continue.cut')] : []),
    describe(recipe),
    ...(isOpen ? [t('continue.open')] : []),
  ]
  return (
    <UnstyledButton
      className={classes['button'] ?? ''}
      disabled={busy}
      onClick={() => {
        void commands.continueWith(entry)
      }}
    >
      <IconHistory size={18} aria-hidden className={classes['icon']} />
      <span className={classes['words']}>
        <Text component="span" fw={600}>
          {name}
        </Text>{' '}
        <Text component="span" size="sm" c="dimmed">
          {facts.join(' · ')}
        </Text>
      </span>
    </UnstyledButton>
  )
}
