/** Times and numbers as people read them here: clock time today, date before, coarse durations. No reading of a clock. */
import { say } from './words.ts'

let locale: string | undefined

/** The editor's language; set once, by the first message. */
export function useLocale(name: string): void {
  try {
    locale = new Intl.Locale(name).toString()
  } catch {
    locale = undefined
  }
}

export function number(value: number): string {
  return new Intl.NumberFormat(locale).format(value)
}

export function list(items: readonly string[]): string {
  return new Intl.ListFormat(locale, { type: 'conjunction' }).format(items)
}

export function clock(at: number, precision: 'minute' | 'second' | 'millisecond' = 'minute'): string {
  return new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(precision === 'minute' ? {} : { second: '2-digit' }),
    ...(precision === 'millisecond' ? { fractionalSecondDigits: 3 } : {}),
  }).format(at)
}

/** Clock time if it was today, else the date too. */
export function moment(at: number, now: number): string {
  const day = (time: number) => new Intl.DateTimeFormat('en-CA').format(time)
  if (day(at) === day(now)) return clock(at)
  return `${new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' }).format(at)} ${clock(at)}`
}

/** 6 ms, 0.7 s, 48 s, 2 min, 1 h 5 min. */
export function duration(ms: number): string {
  if (ms < 100) return say('time.ms', { n: number(Math.round(ms)) })
  if (ms < 9950) return say('time.s', { n: number(Math.round(ms / 100) / 10) })
  if (ms < 119_500) return say('time.s', { n: number(Math.round(ms / 1000)) })
  const minutes = Math.round(ms / 60_000)
  if (minutes < 60) return say('time.min', { n: number(minutes) })
  return say('time.h', { h: number(Math.floor(minutes / 60)), n: number(minutes % 60) })
}

export interface TimeLeft {
  readonly text: string
  /** Under a minute: heavier, in steps of ten seconds. */
  readonly soon: boolean
}

/** Never promises more time than there is, and does not hurry: minutes, then tens of seconds. */
export function timeLeft(ms: number): TimeLeft {
  if (ms <= 0) return { text: say('left.over'), soon: true }
  if (ms < 60_000) return { text: say('left.s', { n: number(Math.ceil(ms / 10_000) * 10) }), soon: true }
  if (ms < 3_600_000) return { text: say('left.min', { n: number(Math.floor(ms / 60_000)) }), soon: false }
  return { text: say('left.h', { n: number(Math.floor(ms / 3_600_000)) }), soon: false }
}

/** `7f3a…c21e`: enough to compare by eye. */
export function shortDigest(digest: string): string {
  return digest.length <= 12 ? digest : `${digest.slice(0, 4)}…${digest.slice(-4)}`
}
