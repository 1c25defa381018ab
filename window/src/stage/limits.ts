// How large a product may be and where it may stand; the render worker holds to the same.
import type { Dimensions, StageArea } from "../api/bodies";
import { clamp } from "./finder";

const CM = 100;
/** What a tape and a careless hand are off by: a size that was said changes no further. */
const MOST_CHANGE = 0.15;
const SMALLEST_M = 0.02;
const USUAL_M = 0.3;
const GUESSED_SHARE = 0.55;

export interface SizeRange { least: number; most: number; usual: number; known: boolean }

/** Heights in metres a product may have in a set; `aspect` is height over width. */
export function sizesOf(stage: StageArea, said: Dimensions | null, aspect: number, own: number | null): SizeRange {
  const height = said?.height ? said.height / CM : said?.width ? (said.width / CM) * aspect : null;
  if (height) {
    return { least: height * (1 - MOST_CHANGE), most: height * (1 + MOST_CHANGE), usual: height, known: true };
  }
  const most = Math.max(Math.min(stage.height_m, stage.width_m * aspect), SMALLEST_M * 2);
  const guess = own ?? Math.min(GUESSED_SHARE * stage.height_m, USUAL_M);
  return { least: SMALLEST_M, most, usual: clamp(guess, SMALLEST_M, most), known: false };
}

/** How far a foot of this width may move from its place: sideways, and in depth, metres. */
export function roomIn(stage: StageArea, foot: number): [number, number] {
  return [Math.max((stage.width_m - foot) / 2, 0), Math.max((stage.depth_m - foot) / 2, 0)];
}
