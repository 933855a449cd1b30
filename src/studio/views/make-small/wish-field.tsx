import { useTranslation } from 'react-i18next'
import { commands } from '../../commands/page-commands'
import { wishes } from '../../store/make-small-slice'
import { useStudio } from '../../store/store'
import { Segments } from '../train/train-fields'

/** The first question of the form, whatever comes before it. */
export function WishField() {
  const { t } = useTranslation('small')
  const wish = useStudio((state) => state.smallWish.wish)
  return (
    <Segments
      label={t('wish.label')}
      value={wish}
      data={wishes.map((value) => ({ value, label: t(`wish.kinds.${value}`) }))}
      onChange={(value) => {
        commands.changeSmallWish({ wish: value })
      }}
    />
  )
}
