import type { BackgroundDetail, Dimensions, SetCamera } from "./api/bodies";

type Vec = readonly [number, number, number];

const SENSOR_MM = 36;
const CM = 100;
const MOST_OF_STAGE = 0.55;

const minus = (a: Vec, b: Vec): Vec => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const dot = (a: Vec, b: Vec): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a: Vec, b: Vec): Vec => [
  a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0],
];
const unit = (a: Vec): Vec => {
  const length = Math.hypot(...a) || 1;
  return [a[0] / length, a[1] / length, a[2] / length];
};

/** Where a point of the set is in its picture, as shares of width and height from the top left. */
export function project(
  camera: SetCamera, point: Vec, aspect: number,
): { x: number; y: number; perMetre: number } | null {
  const forward = unit(minus(camera.target, camera.position));
  const right = unit(cross(forward, [0, 1, 0]));
  const up = cross(right, forward);
  const away = minus(point, camera.position);
  const depth = dot(away, forward);
  if (depth <= 0) return null;
  const half = (SENSOR_MM / 2 / camera.lens_mm) * depth;
  return {
    x: 0.5 + dot(away, right) / half / 2,
    y: 0.5 - (dot(away, up) / half / 2) * aspect,
    perMetre: 1 / half / 2,
  };
}

export interface Standing {
  /** Bottom centre, and height, as shares of the picture's width and height. */
  x: number; y: number; height: number;
  /** False while the product's size is not known and a fitting one is drawn. */
  toScale: boolean;
}

/** How large the product is drawn in a set's picture, and where. */
export function standing(
  set: BackgroundDetail, view: string, dimensions: Dimensions | null, cutout: number, aspect: number,
): Standing | null {
  const camera = set.cameras.find((one) => one.name === view) ?? set.cameras[0];
  if (!camera) return null;
  const [x, y, z] = set.stage.anchor;
  const depthM = (dimensions?.depth ?? 0) / CM;
  const centre = project(camera, [x, y, z], aspect);
  const foot = project(camera, [x, y, z + depthM / 2], aspect);
  if (!centre || !foot) return null;
  const heightM = dimensions?.height
    ? dimensions.height / CM
    : dimensions?.width
      ? (dimensions.width / CM) * cutout
      : null;
  const fitting = Math.min(set.stage.height_m, set.stage.width_m * cutout) * MOST_OF_STAGE;
  return {
    x: foot.x,
    y: foot.y,
    height: (heightM ?? fitting) * centre.perMetre * aspect,
    toScale: heightM !== null,
  };
}

/** The view a preview shows, by its address: ".../reading-room-oak-front.webp" is "front". */
export const viewOf = (url: string): string =>
  /-([a-z0-9]+)\.[a-z]+(\?|$)/.exec(url)?.[1] ?? "front";
