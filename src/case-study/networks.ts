/** How a file comes to a device. */
export const networks = ['3g', '4g', 'fibre'] as const
export type Network = (typeof networks)[number]

/**
 * Bits per second.
 * @see the connection profiles "3G", "4G" and "FIOS" of WebPageTest
 */
const rates: Readonly<Record<Network, number>> = { '3g': 1.6e6, '4g': 9e6, fibre: 20e6 }

/** @returns seconds in which so many bytes are transferred, without the time that a connection takes to be made */
export function loadSeconds(bytes: number, network: Network): number {
  return (8 * bytes) / rates[network]
}
