import { Anchor, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'

/** Which studio this is, and what it is built from. */
export function About() {
  const { t } = useTranslation('page')
  const version = import.meta.env.STUDIO_VERSION
  const commit = import.meta.env.STUDIO_COMMIT
  const source = import.meta.env.STUDIO_SOURCE
  return (
    <Text size="xs" c="dimmed">
      {version !== undefined && (
        <>
          {commit === undefined
            ? t('about.version', { version })
            : t('about.versionOf', { version, commit })}
          {' · '}
        </>
      )}
      {source !== undefined && (
        <>
          <Anchor
            href={source}
            target="_blank"
            rel="noreferrer"
            size="xs"
            underline="always"
            data-touch
          >
            {t('about.source')}
          </Anchor>
          {' · '}
        </>
      )}
      <Anchor
        href="./licenses.md"
        target="_blank"
        rel="noreferrer"
        size="xs"
        underline="always"
        data-touch
      >
        {t('about.licences')}
      </Anchor>
    </Text>
  )
}
