// How bright a set is shown: as bright as its picture, since light that bounces is not worked out here.
import { NoToneMapping, PerspectiveCamera, type Scene, UnsignedByteType, WebGLRenderTarget, type WebGLRenderer } from "three";
import type { SetCamera } from "../api/bodies";
import { SENSOR_MM, clamp } from "./finder";

const WIDE = 64;
const TALL = 48;
const LEAST = 0.6;
const MOST = 2.4;
const TRIES = 3;

/** What to multiply light with so that the set looks as bright as its picture; 1 where that is not known. */
export async function exposureFor(
  renderer: WebGLRenderer, scene: Scene, front: SetCamera | undefined, picture: string | undefined,
): Promise<number> {
  const wanted = picture ? await brightnessOf(picture).catch(() => null) : null;
  if (!front || !wanted) return 1;
  const camera = new PerspectiveCamera();
  camera.fov = (2 * Math.atan((SENSOR_MM / 2 / front.lens_mm) * (TALL / WIDE)) * 180) / Math.PI;
  camera.aspect = WIDE / TALL;
  camera.updateProjectionMatrix();
  camera.position.set(...front.position);
  camera.lookAt(...front.target);
  const target = new WebGLRenderTarget(WIDE, TALL, { type: UnsignedByteType });
  const pixels = new Uint8Array(WIDE * TALL * 4);
  const mapping = renderer.toneMapping;
  renderer.toneMapping = NoToneMapping;
  renderer.setRenderTarget(target);
  renderer.render(scene, camera);
  renderer.readRenderTargetPixels(target, 0, 0, WIDE, TALL, pixels);
  renderer.setRenderTarget(null);
  renderer.toneMapping = mapping;
  target.dispose();
  const light = linearOf(pixels, false);
  // What is too bright for the picture is white in it as well, so the factor is found in steps.
  let factor = 1;
  for (let turn = 0; turn < TRIES; turn += 1) factor *= wanted / (mean(light, factor) || wanted);
  return clamp(factor, LEAST, MOST);
}

async function brightnessOf(url: string): Promise<number> {
  const image = new Image();
  image.crossOrigin = "anonymous";
  image.src = url;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = WIDE;
  canvas.height = TALL;
  const context = canvas.getContext("2d");
  if (!context) return 0;
  context.drawImage(image, 0, 0, WIDE, TALL);
  return mean(linearOf(context.getImageData(0, 0, WIDE, TALL).data, true), 1);
}

/** Light of each pixel, 0 to 1; pictures are encoded as sRGB, a render target is not. */
function linearOf(pixels: ArrayLike<number>, encoded: boolean): number[] {
  const light: number[] = [];
  const plain = (value: number): number => (encoded ? (value / 255) ** 2.2 : value / 255);
  for (let at = 0; at < pixels.length; at += 4) {
    const [r, g, b] = [pixels[at] ?? 0, pixels[at + 1] ?? 0, pixels[at + 2] ?? 0].map(plain) as [number, number, number];
    light.push(0.2126 * r + 0.7152 * g + 0.0722 * b);
  }
  return light;
}

const mean = (light: number[], factor: number): number =>
  light.reduce((sum, one) => sum + Math.min(1, one * factor), 0) / (light.length || 1);
