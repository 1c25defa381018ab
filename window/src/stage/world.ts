// A set out of its GLB: geometry, lamps, and the light from all around.
import {
  Color, DataTexture, EquirectangularReflectionMapping, FloatType, type Light, LinearFilter, LinearSRGBColorSpace,
  type Material, Mesh, type Object3D, PMREMGenerator, RGBAFormat, type Scene, type SpotLight, type Texture,
  type WebGLRenderer,
} from "three";
import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";
import { clamp } from "./finder";

/** What Backlot's own sets say beyond glTF: the light around, and how bright the picture is. */
interface Surroundings {
  world?: { low: string; high: string; strength: number };
  exposure?: number;
}

const ROWS = 64;
/** Between these heights of a direction the light changes from below to above. */
const LOWEST = -0.4;
const HIGHEST = 0.9;
const WIDEST_SHADOW_DEG = 62;
const SHADOW_PX = 1024;

export async function loadSet(url: string, told: (share: number) => void): Promise<Object3D> {
  const { scene } = await new GLTFLoader().loadAsync(url, (event) => event.total && told(event.loaded / event.total));
  return scene;
}

/** Light from below and above, smoothly, as Blender's world has it; sets without one get a soft grey. */
export function surround(scene: Scene, set: Object3D, renderer: WebGLRenderer): void {
  const said = (set.userData["backlot"] ?? {}) as Surroundings;
  const world = said.world ?? { low: "#6f6a64", high: "#d8dbe0", strength: 0.6 };
  const sky = gradient(new Color(world.low), new Color(world.high));
  const pmrem = new PMREMGenerator(renderer);
  scene.environment = pmrem.fromEquirectangular(sky).texture;
  scene.environmentIntensity = world.strength * 2 ** (said.exposure ?? 0);
  scene.background = sky;
  scene.backgroundIntensity = scene.environmentIntensity;
  pmrem.dispose();
}

function gradient(low: Color, high: Color): DataTexture {
  const data = new Float32Array(ROWS * 2 * 4);
  const mixed = new Color();
  for (let row = 0; row < ROWS; row += 1) {
    const up = Math.sin((row / (ROWS - 1) - 0.5) * Math.PI);
    mixed.lerpColors(low, high, clamp((up - LOWEST) / (HIGHEST - LOWEST), 0, 1));
    for (let column = 0; column < 2; column += 1) data.set([mixed.r, mixed.g, mixed.b, 1], (row * 2 + column) * 4);
  }
  const made = new DataTexture(data, 2, ROWS, RGBAFormat, FloatType);
  made.mapping = EquirectangularReflectionMapping;
  made.colorSpace = LinearSRGBColorSpace;
  made.magFilter = made.minFilter = LinearFilter;
  made.needsUpdate = true;
  return made;
}

/** The strongest lamp throws shadows; one is enough for things to stand on the ground. */
export function castShadows(set: Object3D, at: Object3D): void {
  let strongest: Light | null = null;
  let most = 0;
  set.traverse((one) => {
    if (one instanceof Mesh) one.castShadow = one.receiveShadow = true;
    const light = one as Light & { isSpotLight?: boolean; isDirectionalLight?: boolean };
    if (!light.isSpotLight && !light.isDirectionalLight) return;
    const away = light.isSpotLight ? Math.max(light.position.distanceToSquared(at.position), 0.01) : 1;
    if (light.intensity / away > most) {
      most = light.intensity / away;
      strongest = light;
    }
  });
  if (strongest) shadowed(strongest);
}

function shadowed(light: Light): void {
  const spot = light as SpotLight;
  if (spot.isSpotLight) spot.angle = Math.min(spot.angle, (WIDEST_SHADOW_DEG * Math.PI) / 180);
  light.castShadow = true;
  const shadow = spot.shadow;
  shadow.mapSize.set(SHADOW_PX, SHADOW_PX);
  shadow.bias = -0.0004;
  shadow.normalBias = 0.01;
  shadow.radius = 6;
}

/** Gives back what the graphics card holds. */
export function discard(root: Object3D): void {
  root.traverse((one) => {
    if (!(one instanceof Mesh)) return;
    (one.geometry as { dispose(): void }).dispose();
    for (const material of [one.material].flat() as Material[]) {
      for (const value of Object.values(material)) (value as Texture | null)?.isTexture && (value as Texture).dispose();
      material.dispose();
    }
  });
}
