import { firstSign } from './studio/first-screen/first-sign'
import { loadStudio } from './studio/first-screen/load-studio'

const wanted = firstSign(window)
// After the first screen has been painted; in a tab that is not seen nothing is.
if (document.visibilityState === 'hidden') void loadStudio(wanted)
else
  requestAnimationFrame(() =>
    setTimeout(() => {
      void loadStudio(wanted)
    }),
  )
