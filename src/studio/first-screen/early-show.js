// @ts-check
// Stands in index.html behind the first screens: puts the one of the person's language and colours in place.
{
  const { dataset, lang } = document.documentElement
  const root = document.getElementById('root')
  const wanted = `template[data-first="${lang} ${dataset['mantineColorScheme']}"]`
  const found = document.querySelector(wanted)
  if (root !== null && found instanceof HTMLTemplateElement) root.replaceChildren(found.content)
  root?.setAttribute('data-shown', '')
}
