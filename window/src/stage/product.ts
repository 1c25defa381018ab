// The product in a set: its 3D model, or its cut-out as a card that faces the camera.
import {
  Box3, CanvasTexture, Group, Mesh, MeshBasicMaterial, type Object3D, PlaneGeometry, SRGBColorSpace, TextureLoader,
  Vector3,
} from "three";
import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";

export interface ProductFiles {
  cutout: string | null;
  /** Height over width of the cut-out. */
  aspect: number;
  model: string | null;
}

/** The product at a height of one metre, bottom-centre at the origin. */
export interface StandIn {
  root: Group;
  /** Widest side at a height of one metre. */
  foot: number;
  isCard: boolean;
  /** Height over width. */
  aspect: number;
  /** Metres, as the model's file has it; null for a card. */
  ownHeight: number | null;
}

const PLAUSIBLE_M = [0.012, 3] as const;
const THICKNESS = 0.7;

export async function standIn(files: ProductFiles): Promise<StandIn | null> {
  if (files.model) {
    try {
      return await modelled(files.model);
    } catch (error) {
      // Compressed in a way this page does not unpack, or gone: the cut-out stands in.
      console.info("The product's model is not shown:", error);
    }
  }
  return files.cutout && files.aspect ? await carded(files.cutout, files.aspect) : null;
}

async function modelled(url: string): Promise<StandIn> {
  const { scene } = await new GLTFLoader().loadAsync(url);
  const box = new Box3().setFromObject(scene);
  const size = box.getSize(new Vector3());
  const middle = box.getCenter(new Vector3());
  if (!(size.y > 0)) throw new Error("it has no height");
  scene.position.sub(new Vector3(middle.x, box.min.y, middle.z));
  scene.traverse((one) => {
    if (one instanceof Mesh) one.castShadow = one.receiveShadow = true;
  });
  const inner = new Group().add(scene);
  inner.scale.setScalar(1 / size.y);
  const longest = Math.max(size.x, size.y, size.z);
  const metres = longest >= PLAUSIBLE_M[0] && longest <= PLAUSIBLE_M[1] ? size.y : (0.3 / longest) * size.y;
  const foot = Math.max(size.x, size.z) / size.y;
  return { root: grounded(inner, foot, size.z / size.y), foot, isCard: false, aspect: size.y / size.x, ownHeight: metres };
}

async function carded(url: string, aspect: number): Promise<StandIn> {
  const texture = await new TextureLoader().setCrossOrigin("anonymous").loadAsync(url);
  texture.colorSpace = SRGBColorSpace;
  texture.anisotropy = 8;
  const card = new Mesh(
    new PlaneGeometry(1 / aspect, 1).translate(0, 0.5, 0),
    new MeshBasicMaterial({ map: texture, transparent: true, alphaTest: 0.08, toneMapped: false }),
  );
  card.renderOrder = 2;
  card.castShadow = true;
  return { root: grounded(card, 1 / aspect, THICKNESS / aspect), foot: 1 / aspect, isCard: true, aspect, ownHeight: null };
}

/** With the soft dark there is where a thing meets the ground. */
function grounded(thing: Object3D, width: number, depth: number): Group {
  const shade = new Mesh(
    new PlaneGeometry(width * 1.7, depth * 1.7).rotateX(-Math.PI / 2).translate(0, 0.004, 0),
    new MeshBasicMaterial({ map: softDisc(), transparent: true, depthWrite: false, toneMapped: false, opacity: 0.62 }),
  );
  shade.name = "shade";
  shade.renderOrder = 1;
  return new Group().add(thing, shade);
}

function softDisc(): CanvasTexture {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 128;
  const context = canvas.getContext("2d");
  if (context) {
    const fade = context.createRadialGradient(64, 64, 0, 64, 64, 64);
    fade.addColorStop(0, "rgb(8 6 4 / 100%)");
    fade.addColorStop(0.45, "rgb(8 6 4 / 55%)");
    fade.addColorStop(0.75, "rgb(8 6 4 / 14%)");
    fade.addColorStop(1, "rgb(8 6 4 / 0%)");
    context.fillStyle = fade;
    context.fillRect(0, 0, 128, 128);
  }
  return new CanvasTexture(canvas);
}
