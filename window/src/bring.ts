import type { Kind, NewBackground } from "./api/bodies";

export interface Bringing {
  file: File | null; previews: File[]; name: string; caption: string; kind: Kind; setting: string; licence: Licence;
  evidence: string;
}
export const LICENCES = ["own", "CC0-1.0", "CC-BY-4.0", "other"] as const;
export type Licence = (typeof LICENCES)[number];
export const NOTHING_YET: Bringing = {
  file: null, previews: [], name: "", caption: "", kind: "studio", setting: "", licence: "own", evidence: "",
};

const IDS = { own: "LicenseRef-own", "CC0-1.0": "CC0-1.0", "CC-BY-4.0": "CC-BY-4.0", other: "LicenseRef-other" };
const LONGEST = 40;

/** An id that says what it is where the name can be written in Latin letters, and is new in any case. */
function idOf(name: string): string {
  const slug = name.toLowerCase().normalize("NFKD").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, LONGEST);
  const mark = crypto.randomUUID().slice(0, 8);
  return slug ? `${slug}-${mark}` : `set-${mark}`;
}

/** What is said of a background: one name and caption for both languages, as nobody translates them. */
export function saidOf({ name, caption, kind, setting, licence, evidence }: Bringing): NewBackground {
  const both = (text: string) => ({ en: text, ko: text });
  return {
    id: idOf(name), kind, name: both(name.trim()),
    ...(caption.trim() && { caption: both(caption.trim()) }),
    facets: { [`setting_${kind}`]: [{ term: setting, score: 1 }] },
    licence: { id: IDS[licence], evidence: evidence.trim() || "said by the uploader" },
  };
}

/** Whether a file is one that needs a picture beside it to be seen. */
export const unseen = (file: File): boolean => /\.(glb|hdr|exr)$/i.test(file.name);
