import { signal } from "@preact/signals";
import { type Order, Refusal, submitJob } from "./api/client";
import type { Dimensions, Problem, Sample } from "./api/bodies";
import { go } from "./router";
import { locale } from "./words";

export interface Hints {
  title: string;
  category: string;
  dimensions: Dimensions;
  studio: boolean;
  space: boolean;
  product: File | null;
}
export const NO_HINTS: Hints = {
  title: "", category: "", dimensions: {}, studio: true, space: true, product: null,
};

export interface Sending { name: string; preview: string | null; share: number }

/** The upload under way, and what was refused last. */
export const sending = signal<Sending | null>(null);
export const refused = signal<Problem | null>(null);

/** Pictures of photos sent from this page, so that a job shows its photo at once. */
export const photos = new Map<string, string>();

let stop: AbortController | null = null;

export function cancelSending(): void {
  stop?.abort();
  sending.value = null;
}

const given = (size: Dimensions): boolean => Object.values(size).some((side) => side);

/** What the job carries along, so that any browser can show it again to scale. */
function metadata(title: string, size: Dimensions): Record<string, string> {
  return {
    ...(title && { title: title.slice(0, 200) }),
    ...(given(size) && { size_cm: [size.width, size.depth, size.height].map((n) => n ?? "").join("x") }),
  };
}

/** The product's size out of a job's metadata. */
export function sizeOf(data: Record<string, string>): Dimensions | null {
  const [width, depth, height] = (data["size_cm"] ?? "").split("x").map((n) => Number(n) || null);
  return width || height ? { width: width ?? null, depth: depth ?? null, height: height ?? null } : null;
}

function requestOf(hints: Hints): Record<string, unknown> {
  const kinds = [...(hints.studio ? ["studio"] : []), ...(hints.space ? ["space"] : [])];
  const sides = Object.entries(hints.dimensions).filter(([, side]) => side);
  return {
    locale: locale.value,
    ...(kinds.length === 1 && { kinds }),
    ...(hints.title && { title: hints.title }),
    ...(hints.category && { category: hints.category }),
    ...(sides.length > 0 && { dimensions_cm: Object.fromEntries(sides) }),
    metadata: metadata(hints.title, hints.dimensions),
  };
}

/** Sends a photo and goes to its job. */
export async function send(photo: File | null, hints: Hints): Promise<void> {
  const name = photo?.name || "photo";
  const preview = photo ? URL.createObjectURL(photo) : null;
  const order: Order = { photo, name, product: hints.product, request: requestOf(hints) };
  stop?.abort();
  const mine = new AbortController();
  stop = mine;
  refused.value = null;
  sending.value = { name, preview, share: 0 };
  try {
    const body = await submitJob(order, crypto.randomUUID(), (share) => {
      if (stop === mine) sending.value = { name, preview, share };
    }, mine.signal);
    if (preview) photos.set(body.job_id, preview);
    sending.value = null;
    go(`/jobs/${body.job_id}`);
  } catch (error) {
    if (mine.signal.aborted) return;
    sending.value = null;
    if (!(error instanceof Refusal)) throw error;
    refused.value = error.problem;
  }
}

/** Sends one of the samples with what its seller says. */
export async function sendSample(sample: Sample): Promise<void> {
  const answer = await fetch(`/window/samples/${sample.file}`);
  const photo = new File([await answer.blob()], sample.file, { type: "image/jpeg" });
  await send(photo, {
    ...NO_HINTS,
    title: sample.title[locale.value],
    category: sample.category,
    dimensions: sample.dimensions_cm,
  });
}
