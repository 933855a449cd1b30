// @ts-check
// Stands in index.html as it is here, before anything is drawn: shows the first screen in the person's language
// and colours, and keeps what they do with it until the studio is there. What changes here changes its hash in
// src/service-worker/security-headers.ts.
{
  const page = document.documentElement
  /** @param {string} key */
  const stored = (key) => {
    try {
      return localStorage.getItem(key)
    } catch {
      return null
    }
  }

  const language = stored('compression-studio.language')
  const prefersChinese = /^zh/i.test(navigator.languages[0] ?? '')
  page.lang = language === 'en' || language === 'zh-CN' ? language : prefersChinese ? 'zh-CN' : 'en'
  const scheme = stored('mantine-color-scheme-value')
  const prefersDark = matchMedia('(prefers-color-scheme: dark)').matches
  page.dataset['mantineColorScheme'] =
    scheme === 'light' || scheme === 'dark' ? scheme : prefersDark ? 'dark' : 'light'

  // The list of earlier models comes later than all else: its room is left free.
  const [, room] = /^\d (\d{1,4})$/.exec(stored('compression-studio.list') ?? '') ?? []
  if (room !== undefined) page.style.setProperty('--list-space', `${room}px`)

  /** @type {import('./take-over').EarlyPage} */
  const early = { waiting: [], tell: null, stop }
  Reflect.set(globalThis, 'earlyPage', early)

  /** @param {import('./take-over').EarlyAct} act */
  function keep(act) {
    early.waiting.push(act)
    if (early.tell === null) page.dataset['early'] = 'waiting'
    else early.tell()
  }

  /** @param {DragEvent} event */
  function over(event) {
    // Otherwise the browser would open the file in the place of this page.
    event.preventDefault()
    if (event.dataTransfer?.types.includes('Files')) page.dataset['dropping'] = ''
  }

  /** @param {DragEvent} event */
  function leave({ relatedTarget }) {
    if (relatedTarget === null) delete page.dataset['dropping']
  }

  /** @param {DragEvent} event */
  function drop(event) {
    event.preventDefault()
    delete page.dataset['dropping']
    const items = Array.from(event.dataTransfer?.items ?? [])
      .filter(({ kind }) => kind === 'file')
      // After this event a transfer is empty; what it held stays readable.
      .map((item) => ({ file: item.getAsFile(), entry: item.webkitGetAsEntry() }))
    if (items.length > 0) keep({ kind: 'files', items })
  }

  /** @param {MouseEvent} event */
  function press({ target }) {
    const button = target instanceof Element ? target.closest('#root button') : null
    if (button === null) return
    const picks = button.getAttribute('data-picks')
    if (picks === null) {
      keep({ kind: 'press', name: button.getAttribute('aria-label') ?? button.textContent })
      return
    }
    // A dialog opens only while a click is fresh, so it cannot wait; it may stay open after the studio came.
    const input = document.createElement('input')
    input.type = 'file'
    input.multiple = true
    input.webkitdirectory = picks === 'folder'
    input.hidden = true
    input.addEventListener('change', () => {
      const items = Array.from(input.files ?? []).map((file) => ({ file, entry: null }))
      if (items.length > 0) keep({ kind: 'files', items })
      input.remove()
    })
    document.body.append(input)
    input.click()
  }

  addEventListener('dragover', over)
  addEventListener('dragleave', leave)
  addEventListener('drop', drop)
  addEventListener('click', press)
  function stop() {
    removeEventListener('dragover', over)
    removeEventListener('dragleave', leave)
    removeEventListener('drop', drop)
    removeEventListener('click', press)
    delete page.dataset['early']
    delete page.dataset['dropping']
  }
}
