import { useTranslation } from 'react-i18next'
import type { ReadingPreview as Preview } from '../../../../data/reading/reading'
import { baseName } from '../../../../files/file-bundle'
import { formatCount } from '../../../../ui-kit/format-number'
import { ReadingRows } from './reading-rows'
import { ScrolledTable } from './scrolled-table'
import { labelled, listed } from '../../../words/joining'

/** Classes that are listed; of more the count is said. */
const MOST_CLASSES = 30

interface Of<Kind extends Preview['kind']> {
  readonly preview: Extract<Preview, { kind: Kind }>
}

/** The start of what was read, as it was understood. */
export function ReadingPreview({ preview }: { readonly preview: Preview }) {
  switch (preview.kind) {
    case 'rows':
      return <ReadingRows preview={preview} />
    case 'files':
      return <Pictures preview={preview} />
    case 'pairs':
      return <Pairs preview={preview} />
    case 'arrays':
      return <Arrays preview={preview} />
  }
}

function Pictures({ preview: { classes: found } }: Of<'files'>) {
  const { t } = useTranslation('page')
  const more = found.length - MOST_CLASSES
  return (
    <ScrolledTable name={t('reading.panel.pictures')}>
      <thead>
        <tr>
          <th scope="col">{t('reading.panel.class')}</th>
          <th scope="col">{t('reading.panel.count')}</th>
          <th scope="col">{t('reading.panel.firstNames')}</th>
        </tr>
      </thead>
      <tbody>
        {found.slice(0, MOST_CLASSES).map(({ label, count, examples }) => (
          <tr key={label ?? '\u0000'}>
            <th scope="row" data-unlabelled={label === null || undefined}>
              {label ?? t('reading.panel.unlabelled')}
            </th>
            <td>{formatCount(count)}</td>
            <td data-names>{listed(examples.map(baseName))}</td>
          </tr>
        ))}
        {more > 0 && (
          <tr>
            <td colSpan={3}>{t('reading.panel.moreClasses', { count: more })}</td>
          </tr>
        )}
      </tbody>
    </ScrolledTable>
  )
}

function Pairs({ preview: { count, examples } }: Of<'pairs'>) {
  const { t } = useTranslation('page')
  return (
    <ScrolledTable name={labelled(t('reading.panel.pairs'), formatCount(count))}>
      <thead>
        <tr>
          <th scope="col">{t('reading.panel.pairInput')}</th>
          <th scope="col">{t('reading.panel.pairTarget')}</th>
        </tr>
      </thead>
      <tbody>
        {examples.map(([input, target]) => (
          <tr key={input}>
            <td data-names>{input}</td>
            <td data-names>{target}</td>
          </tr>
        ))}
      </tbody>
    </ScrolledTable>
  )
}

function Arrays({ preview: { arrays } }: Of<'arrays'>) {
  const { t } = useTranslation('page')
  return (
    <ScrolledTable name={t('reading.panel.arrays')}>
      <thead>
        <tr>
          <th scope="col">{t('reading.panel.array')}</th>
          <th scope="col">{t('reading.panel.dtype')}</th>
          <th scope="col">{t('reading.panel.shape')}</th>
          <th scope="col">{t('reading.panel.role')}</th>
        </tr>
      </thead>
      <tbody>
        {arrays.map(({ name, dtype, shape, role }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{t(`reading.dtypes.${dtype}`, { defaultValue: dtype })}</td>
            <td>{shape.length === 0 ? t('reading.panel.oneValue') : shape.join(' × ')}</td>
            <td data-role={role}>{t(`reading.roles.${role}`)}</td>
          </tr>
        ))}
      </tbody>
    </ScrolledTable>
  )
}
