import { signal } from "@preact/signals";
import type { Slot, VocabularyBody, Word } from "./api/bodies";
import { getVocabulary } from "./api/client";
import { local, locale } from "./words";

const body = signal<VocabularyBody | null>(null);
const index = new Map<string, Word>();
let asked: Promise<void> | null = null;

/** Fetches the controlled words once; until they are there, ids are shown as words. */
export function learnWords(): Promise<void> {
  asked ??= getVocabulary().then(
    (found) => {
      for (const facet of Object.values(found.facets)) for (const one of facet) index.set(one.term, one);
      body.value = found;
    },
    () => {
      asked = null;
    },
  );
  return asked;
}

/** A term in the page's language. */
export function nameOf(term: string): string {
  void body.value;
  const found = index.get(term);
  return found ? local(found.label) : (term.split("/")[1] ?? term).replaceAll("-", " ");
}

export const hexOf = (term: string): string | undefined => (void body.value, index.get(term)?.hex);
export const termsOf = (facet: string): Word[] => body.value?.facets[facet] ?? [];

/** A word of a brief's layout: a placement, a scale relation, a colour scheme. */
export function layoutWord(list: "prop_placement" | "prop_scale" | "colour_scheme", value: string): string {
  const found = body.value?.layout[list]?.[value];
  return found ? local(found) : value.replaceAll("-", " ");
}

export const layoutValues = (list: string): string[] => Object.keys(body.value?.layout[list] ?? {});

/** Which facets' terms a slot may hold, and how many; as the API checks it. */
export const SLOT_TERMS: Partial<Record<Slot, { facets: string[]; most: number }>> = {
  settings: { facets: ["setting_studio", "setting_space"], most: 4 },
  surface: { facets: ["material"], most: 1 },
  backdrop: { facets: ["colour_name"], most: 3 },
  lighting: { facets: ["lighting"], most: 3 },
  moods: { facets: ["mood"], most: 3 },
  styles: { facets: ["style"], most: 3 },
  textures: { facets: ["finish_texture"], most: 2 },
  technique: { facets: ["photo_technique"], most: 3 },
  props: { facets: ["props"], most: 5 },
  season: { facets: ["season_occasion"], most: 1 },
  avoid: {
    facets: ["setting_studio", "setting_space", "lighting", "mood", "style", "props", "material"],
    most: 8,
  },
};

const fold = (text: string): string => text.normalize("NFC").toLocaleLowerCase(locale.value);

/** Whether every word of a query is somewhere in a text. */
export const mentions = (text: string, query: string): boolean =>
  fold(query).split(/\s+/).every((word) => fold(text).includes(word));
