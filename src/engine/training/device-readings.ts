import * as tf from '@tensorflow/tfjs'

/** As often as curves get a point, milliseconds. */
const EVERY_MS = 250
/** However quick they are: what is asked of a device waits in its queue until somebody waits for it. */
const MOST_STEPS = 50

/**
 * When the losses of steps are read back. A graphics device stands still while the script waits for a number and has nothing new to
 * ask for, so there most steps are not waited for: their losses stay on the device and are read together, about four times a
 * second. Elsewhere a number is there at once, and each step is read.
 */
export class DeviceReadings {
  private readonly isDevice: boolean
  private readonly now: () => number
  private unread: tf.Tensor[] = []
  /** Steps from one reading to the next. */
  private stretch = 1
  private since: number

  constructor(isDevice: boolean, now: () => number) {
    this.isDevice = isDevice
    this.now = now
    this.since = now()
  }

  /** Whether the step that comes is to be waited for. */
  get isDue(): boolean {
    return !this.isDevice || this.unread.length + 1 >= this.stretch
  }

  /** @param loss of a step that was not waited for; taken over */
  keep(loss: tf.Scalar): void {
    this.unread.push(loss)
  }

  /**
   * Reads what was kept.
   * @param last the loss of the step that was waited for
   * @returns losses of all steps since the last reading, in their order
   */
  async take(last: number): Promise<number[]> {
    const losses = this.unread.length === 0 ? [] : await this.readUnread()
    losses.push(last)
    const msPerStep = (this.now() - this.since) / losses.length
    this.stretch = Math.max(1, Math.min(MOST_STEPS, Math.floor(EVERY_MS / msPerStep)))
    this.restart()
    return losses
  }

  /** After a pause: the time until now says nothing of steps. */
  restart(): void {
    this.since = this.now()
  }

  /** Lets go of what nobody has read. */
  dispose(): void {
    tf.dispose(this.unread)
    this.unread = []
  }

  private async readUnread(): Promise<number[]> {
    const all = tf.tidy(() => tf.stack(this.unread.map((loss) => loss.asScalar())))
    this.dispose()
    try {
      return [...(await all.data<'float32'>())]
    } finally {
      all.dispose()
    }
  }
}
