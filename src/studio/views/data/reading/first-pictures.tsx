import { Text } from '@mantine/core'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { SmallPicture } from '../../../../protocol/data-messages'
import { SampleCanvas } from '../sample-canvas'
import classes from './reading.module.css'

/** The first pictures as they were understood, each with its class. */
export function FirstPictures({ pictures }: { readonly pictures: readonly SmallPicture[] }) {
  const { t } = useTranslation('page')
  const id = useId()
  if (pictures.length === 0) return null
  return (
    <div>
      <Text size="sm" fw={600} component="h3" id={id}>
        {t('reading.panel.firstPictures')}
      </Text>
      <ul className={classes['pictures']} aria-labelledby={id}>
        {pictures.map((picture, place) => {
          const { label, name } = picture
          const alt =
            label === null
              ? t('reading.panel.pictureOf', { name })
              : t('reading.panel.pictureOfClass', { name, label })
          return (
            // The same name may come twice, in two folders; the list is replaced as a whole.
            <li key={`${place} ${name}`}>
              <SampleCanvas picture={picture} label={alt} />
              <span title={label ?? name}>{label ?? name}</span>
            </li>
          )
        })}
      </ul>
    </div>
  )
}
