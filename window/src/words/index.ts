import { computed, signal } from "@preact/signals";
import type { Localized } from "../api/bodies";
import { recall, remember } from "../kept";
import { type Words, en } from "./en";
import { ko } from "./ko";

export type Locale = "en" | "ko";

const fromBrowser = (): Locale =>
  navigator.languages.find((tag) => /^(en|ko)\b/.test(tag))?.startsWith("ko") ? "ko" : "en";

export const locale = signal<Locale>(recall<Locale | null>("locale", null) ?? fromBrowser());
export const words = computed<Words>(() => (locale.value === "ko" ? ko : en));

export function speak(wanted: Locale): void {
  locale.value = wanted;
  remember("locale", wanted);
}

/** One text of the API in the page's language. */
export const local = (text: Localized): string => text[locale.value];

/** With a capital first, as English headings want it; Korean stays as it is. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const percent = (share: number): string =>
  new Intl.NumberFormat(locale.value, { style: "percent", maximumFractionDigits: 0 }).format(share);

export const seconds = (value: number): string =>
  value >= 90 ? words.value.minutes(Math.floor(value / 60), Math.round(value % 60)) : words.value.seconds(
    new Intl.NumberFormat(locale.value, { maximumFractionDigits: value < 0.1 ? 2 : value < 10 ? 1 : 0 }).format(value),
  );

export const moment = (iso: string): string =>
  new Intl.DateTimeFormat(locale.value, { dateStyle: "medium", timeStyle: "short" }).format(
    new Date(iso),
  );
