import { loadStudio } from './studio/first-screen/load-studio'

// After the first screen has been painted; in a tab that is not seen nothing is.
if (document.visibilityState === 'hidden') void loadStudio()
else
  requestAnimationFrame(() =>
    setTimeout(() => {
      void loadStudio()
    }),
  )
