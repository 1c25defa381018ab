// The viewfinder: which part of the canvas will be the picture, and the camera that goes with it.
import type { SetCamera } from "../api/bodies";

export type Vec = [number, number, number];

/** The longer side of a picture covers this, as on a full-frame camera. */
export const SENSOR_MM = 36;
const AIR = 0.05;

export interface Box { left: number; top: number; width: number; height: number }

/** The largest frame of an aspect in the middle of a canvas, with some air around it. */
export function frameIn(width: number, height: number, aspect: number): Box {
  const [roomy, tall] = [width * (1 - 2 * AIR), height * (1 - 2 * AIR)];
  const across = Math.min(roomy, tall * aspect);
  const down = across / aspect;
  return { left: (width - across) / 2, top: (height - down) / 2, width: across, height: down };
}

/** Vertical field of view of the whole canvas, degrees, when the frame is seen through a lens. */
export function fieldOfView(canvasHeight: number, frame: Box, lensMm: number): number {
  const focal = (Math.max(frame.width, frame.height) * lensMm) / SENSOR_MM;
  return (2 * Math.atan(canvasHeight / 2 / focal) * 180) / Math.PI;
}

export interface Place { azimuth: number; elevation: number; away: number }

/** Where a camera stands as seen from a point: radians, 0 in front and up to the right, metres. */
export function around(camera: Pick<SetCamera, "position">, middle: Vec): Place {
  const [x, y, z] = camera.position.map((value, axis) => value - (middle[axis] ?? 0)) as Vec;
  const level = Math.hypot(x, z);
  return { azimuth: Math.atan2(x, z), elevation: Math.atan2(y, level), away: Math.hypot(level, y) };
}

export function from({ azimuth, elevation, away }: Place, middle: Vec): Vec {
  const level = Math.cos(elevation) * away;
  return [
    middle[0] + Math.sin(azimuth) * level, middle[1] + Math.sin(elevation) * away, middle[2] + Math.cos(azimuth) * level,
  ];
}

/** How far off a camera must be for a product to fill its share of the frame. */
export function distanceFor(width: number, height: number, fill: number, aspect: number, lensMm: number): number {
  const longer = Math.max(aspect, 1);
  const across = (width / (aspect / longer)) / fill;
  const down = (height * longer) / fill;
  return (Math.max(across, down) * lensMm) / SENSOR_MM;
}

export const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);
