/** What is true of all parts of the page. It comes before the styles of any part, which go before it. */
import '@mantine/core/styles.css'
import './studio.css'
