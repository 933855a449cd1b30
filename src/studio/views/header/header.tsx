import { ActionIcon, Menu, Text, Tooltip, UnstyledButton } from '@mantine/core'
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconChevronDown,
  IconEraser,
  IconFileUpload,
  IconFolderOpen,
  IconKeyboard,
  IconLanguage,
  IconLink,
  IconMoon,
  IconSchool,
  IconSun,
  IconX,
} from '@tabler/icons-react'
import { memo } from 'react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import { AnswerStrip } from '../answer/answer-strip'
import { EngineStatus } from './engine-status'
import classes from './header.module.css'
import { LanguageToggle } from './language-toggle'
import { useOtherLanguage } from './use-other-language'
import type { Pickers } from '../../files/pickers'
import { SchemeToggle } from './scheme-toggle'
import { useOtherScheme } from './use-other-scheme'
import { SnapshotMenu } from './snapshot-menu'
import { Wordmark } from './wordmark'

/** Stays at the top: which file, the answer, the tools. */
export const Header = memo(function Header({ pickers }: { readonly pickers: Pickers }) {
  const { t } = useTranslation('page')
  const hasPast = useStore(useStudio.temporal, ({ pastStates }) => pastStates.length > 0)
  const canRedo = useStore(useStudio.temporal, ({ futureStates }) => futureStates.length > 0)
  const isCut = useStudio((state) => state.cutFrom !== null)
  const setShortcutsOpen = useStudio((state) => state.setShortcutsOpen)
  return (
    <header className={classes['header']}>
      <div className={classes['file']}>
        <Wordmark short />
        <FileMenu pickers={pickers} />
      </div>
      <div className={classes['answer']}>
        <AnswerStrip />
      </div>
      <div className={classes['tools']}>
        <EngineStatus />
        <Tool label={t('undo')} disabled={!hasPast && !isCut} onClick={commands.undo}>
          <IconArrowBackUp size={18} />
        </Tool>
        <Tool label={t('redo')} disabled={!canRedo} onClick={commands.redo}>
          <IconArrowForwardUp size={18} />
        </Tool>
        <SnapshotMenu />
        <span className={classes['wideOnly']}>
          <Tool
            label={t('shortcuts.title')}
            onClick={() => {
              setShortcutsOpen(true)
            }}
          >
            <IconKeyboard size={18} />
          </Tool>
        </span>
        <span className={classes['notOnPhones']}>
          <LanguageToggle />
          <SchemeToggle />
        </span>
      </div>
    </header>
  )
})

interface ToolProps {
  readonly label: string
  readonly disabled?: boolean
  readonly onClick: () => void
  readonly children: ReactNode
}

function Tool({ label, disabled = false, onClick, children }: ToolProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={label}
        disabled={disabled}
        onClick={onClick}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  )
}

/** What has no room in the header of a phone. */
function PhoneItems() {
  const { t } = useTranslation('page')
  const language = useOtherLanguage()
  const scheme = useOtherScheme()
  return (
    <div className={classes['phonesOnly']}>
      <Menu.Divider />
      <Menu.Item
        leftSection={<IconLanguage size={16} />}
        lang={language.other}
        onClick={language.choose}
      >
        {t('language')}
      </Menu.Item>
      <Menu.Item
        leftSection={scheme.other === 'light' ? <IconSun size={16} /> : <IconMoon size={16} />}
        onClick={scheme.choose}
      >
        {t(`scheme.${scheme.other}`)}
      </Menu.Item>
    </div>
  )
}

function FileMenu({ pickers }: { readonly pickers: Pickers }) {
  const { t } = useTranslation('page')
  const name = useStudio((state) => state.model?.name ?? '')
  const isSample = useStudio((state) => state.isSample)
  const isTrained = useStudio((state) => state.recipe.trained !== undefined)
  const keeping = useStudio((state) => state.keeping)
  const announce = useStudio((state) => state.announce)
  return (
    <Menu position="bottom-start" width={260} withinPortal={false}>
      <Menu.Target>
        <UnstyledButton
          className={classes['fileButton'] ?? ''}
          aria-label={t('file.menu', { name })}
        >
          <span className={classes['fileName']}>{name}</span>
          <IconChevronDown size={14} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconFileUpload size={16} />} onClick={pickers.openFiles}>
          {t('file.open')}
        </Menu.Item>
        <Menu.Item leftSection={<IconFolderOpen size={16} />} onClick={pickers.openFolder}>
          {t('file.openFolder')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconSchool size={16} />}
          onClick={() => {
            void commands.beginLesson()
          }}
        >
          {t('lesson')}
        </Menu.Item>
        <PhoneItems />
        <Menu.Divider />
        {isSample && (
          <Menu.Item
            leftSection={<IconLink size={16} />}
            onClick={() => {
              navigator.clipboard.writeText(location.href).then(
                () => {
                  announce(t('file.linkCopied'))
                },
                // Forbidden: the same address stands in the address bar.
                () => {
                  announce(t('file.linkNotCopied'))
                },
              )
            }}
          >
            {t('file.copyLink')}
            {isTrained && (
              <Text size="xs" c="dimmed">
                {t('file.linkWithoutTraining')}
              </Text>
            )}
          </Menu.Item>
        )}
        {keeping !== 'no' && (
          <Menu.Item
            leftSection={<IconEraser size={16} />}
            onClick={() => {
              void commands.forgetModel()
              announce(t('file.forgotten'))
            }}
          >
            {t('file.forget')}
            <Text size="xs" c="dimmed">
              {t(`file.keeping.${keeping}`)}
            </Text>
          </Menu.Item>
        )}
        <Menu.Item
          leftSection={<IconX size={16} />}
          onClick={() => {
            void commands.closeModel()
          }}
        >
          {t('file.close')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
