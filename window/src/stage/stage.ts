// A set one can walk around in, with the product standing in it. Loaded only when it is asked for.
import { Group, NeutralToneMapping, PCFShadowMap, PerspectiveCamera, Scene, type Vector3, WebGLRenderer } from "three";
import { OrbitControls } from "three/examples/jsm/controls/OrbitControls.js";
import type { BackgroundDetail, Dimensions } from "../api/bodies";
import { type Box, type Vec, around, clamp, distanceFor, fieldOfView, frameIn, from } from "./finder";
import { exposureFor } from "./exposure";
import { dragged } from "./hand";
import { type SizeRange, roomIn, sizesOf } from "./limits";
import { type ProductFiles, type StandIn, standIn } from "./product";
import { castShadows, discard, loadSet, surround } from "./world";

export interface Pose { heightM: number; turnDeg: number; right: number; front: number }
export interface Viewpoint { position: Vec; target: Vec; lens_mm: number }
export interface StageNews {
  /** The frame moved with the canvas. */
  framed(box: Box): void;
  /** The product was dragged. */
  moved(pose: Pose): void;
}

const LENS_MM = 65;
const FILL = 0.5;
const CARD_LEAN = (10 * Math.PI) / 180;
const HIGHEST = (70 * Math.PI) / 180;
const STEP = (5 * Math.PI) / 180;
const STUDIO_ROOM = 1.25;
const NEAREST = 1.3;
const PIXELS = 2;

export class Stage {
  private readonly renderer: WebGLRenderer;
  private readonly scene = new Scene();
  private readonly camera = new PerspectiveCamera(30, 1, 0.01, 500);
  private readonly controls: OrbitControls;
  private readonly stand = new Group();
  private readonly watch: ResizeObserver;
  private product: StandIn | null = null;
  private aspect = 1;
  private waiting = 0;
  private letGo: () => void = () => undefined;
  private pose: Pose = { heightM: 0.2, turnDeg: 0, right: 0, front: 0 };

  private constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly about: BackgroundDetail,
    private readonly news: StageNews,
  ) {
    this.renderer = new WebGLRenderer({ canvas, antialias: true, powerPreference: "high-performance" });
    this.renderer.setPixelRatio(Math.min(devicePixelRatio, PIXELS));
    this.renderer.toneMapping = NeutralToneMapping; // as the pictures are developed
    this.renderer.shadowMap.enabled = true;
    this.renderer.shadowMap.type = PCFShadowMap;
    this.renderer.shadowMap.autoUpdate = false;
    this.controls = new OrbitControls(this.camera, canvas);
    this.controls.enablePan = false;
    this.controls.addEventListener("change", () => this.draw());
    this.scene.add(this.stand);
    this.watch = new ResizeObserver(() => this.fit());
  }

  /** Loads set and product; rejects where the browser has no WebGL or a file cannot be had. */
  static async open(
    canvas: HTMLCanvasElement, about: BackgroundDetail, glb: string, files: ProductFiles | null, news: StageNews,
    told: (share: number) => void,
  ): Promise<Stage> {
    const stage = new Stage(canvas, about, news);
    try {
      const [set, product] = await Promise.all([loadSet(glb, told), files ? standIn(files) : null]);
      await stage.furnish(set as Group, product);
    } catch (error) {
      stage.close();
      throw error;
    }
    return stage;
  }

  private async furnish(set: Group, product: StandIn | null): Promise<void> {
    this.product = product;
    this.scene.add(set);
    surround(this.scene, set, this.renderer);
    this.stand.position.set(...this.about.stage.anchor);
    castShadows(set, this.stand);
    this.renderer.shadowMap.needsUpdate = true;
    const { cameras, previews } = this.about;
    this.renderer.toneMappingExposure = await exposureFor(this.renderer, this.scene, cameras[0], previews[0]);
    if (product) this.stand.add(product.root);
    if (product) {
      this.letGo = dragged(this.canvas, this.camera, product.root.children.slice(0, 1), () => {
        const begun = this.pose;
        return (right, front) => {
          this.place({ ...this.pose, right: begun.right + right, front: begun.front + front });
          this.news.moved(this.pose);
        };
      });
    }
    this.canvas.addEventListener("keydown", this.press);
    this.watch.observe(this.canvas);
    this.fit();
  }

  /** What the product is, for the controls beside the picture. */
  get standing(): { isCard: boolean } | null {
    return this.product && { isCard: this.product.isCard };
  }

  sizes(said: Dimensions | null): SizeRange {
    return sizesOf(this.about.stage, said, this.product?.aspect ?? 1, this.product?.ownHeight ?? null);
  }

  /** How far the product may be moved, sideways and in depth. */
  room(heightM: number): [number, number] {
    return roomIn(this.about.stage, (this.product?.foot ?? 0) * heightM);
  }

  /** Puts the product as wanted; the camera stays, and rises as the product grows. */
  place(pose: Pose): void {
    const [x, y, z] = this.about.stage.anchor;
    const [sideways, deep] = this.room(pose.heightM);
    this.pose = { ...pose, right: clamp(pose.right, -sideways, sideways), front: clamp(pose.front, -deep, deep) };
    this.stand.position.set(x + this.pose.right, y, z + this.pose.front);
    this.stand.scale.setScalar(pose.heightM);
    const before = this.controls.target.clone();
    this.controls.target.set(...this.middle);
    this.camera.position.add(this.controls.target.clone().sub(before));
    this.renderer.shadowMap.needsUpdate = true;
    this.controls.update();
    this.draw();
  }

  /** As a photographer would begin: from the front, the product half as large as the picture. */
  begin(aspect: number): void {
    this.aspect = aspect;
    const front = this.about.cameras[0];
    const middle = this.middle;
    this.controls.target.set(...middle);
    const seen = front ? around(front, middle) : { azimuth: 0, elevation: 0.15, away: 2 };
    const farthest = seen.away * (this.about.kind === "studio" ? STUDIO_ROOM : 1);
    const { heightM } = this.pose;
    const wanted = this.product
      ? distanceFor((heightM * this.product.foot), heightM, FILL, aspect, LENS_MM)
      : seen.away;
    const highest = this.product?.isCard ? CARD_LEAN : HIGHEST;
    Object.assign(this.controls, {
      minPolarAngle: Math.PI / 2 - highest, maxPolarAngle: Math.PI / 2 - 0.005, maxDistance: farthest,
      minDistance: Math.min(this.product ? heightM * NEAREST : 0.2, farthest),
    });
    const place = { ...seen, elevation: clamp(seen.elevation, 0.06, Math.min(highest, 0.25)), away: Math.min(wanted, farthest) };
    this.camera.position.set(...from(place, middle));
    this.controls.update();
    this.fit();
  }

  /** Another shape of picture: the same side of the product, as large in the new frame. */
  shape(aspect: number): void {
    const { heightM } = this.pose;
    const off = (shape: number): number => distanceFor(heightM * (this.product?.foot ?? 1), heightM, FILL, shape, LENS_MM);
    const place = around({ position: this.camera.position.toArray() as Vec }, this.middle);
    place.away = clamp((place.away * off(aspect)) / off(this.aspect), this.controls.minDistance, this.controls.maxDistance);
    this.camera.position.set(...from(place, this.middle));
    this.aspect = aspect;
    this.controls.update();
    this.fit();
  }

  /** The camera as it stands now, for the render worker. */
  get viewpoint(): Viewpoint {
    const rounded = ({ x, y, z }: Vector3): Vec => [x, y, z].map((value) => Math.round(value * 1e4) / 1e4) as Vec;
    return { position: rounded(this.camera.position), target: rounded(this.controls.target), lens_mm: LENS_MM };
  }

  close(): void {
    cancelAnimationFrame(this.waiting);
    this.watch.disconnect();
    this.letGo();
    this.canvas.removeEventListener("keydown", this.press);
    this.controls.dispose();
    discard(this.scene);
    this.scene.environment?.dispose();
    this.renderer.dispose();
  }

  /** What is looked at: the middle of the product in its usual place. */
  private get middle(): Vec {
    const [x, y, z] = this.about.stage.anchor;
    const up = this.product ? this.pose.heightM / 2 : Math.min(this.about.stage.height_m / 3, 0.5);
    return [x, y + up, z];
  }

  private fit(): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !height) return;
    const frame = frameIn(width, height, this.aspect);
    this.renderer.setSize(width, height, false);
    this.camera.aspect = width / height;
    this.camera.fov = fieldOfView(height, frame, LENS_MM);
    this.camera.updateProjectionMatrix();
    this.renderer.shadowMap.needsUpdate = true;
    this.news.framed(frame);
    this.draw();
  }

  /** Draws once, with the next frame: nothing moves by itself. */
  private draw(): void {
    cancelAnimationFrame(this.waiting);
    this.waiting = requestAnimationFrame(() => {
      const turn = this.product?.isCard ? this.controls.getAzimuthalAngle() : (this.pose.turnDeg * Math.PI) / 180;
      if (this.stand.rotation.y !== turn) {
        this.stand.rotation.y = turn;
        this.renderer.shadowMap.needsUpdate = true;
      }
      this.renderer.render(this.scene, this.camera);
      this.canvas.dataset["drawn"] = String(Number(this.canvas.dataset["drawn"] ?? 0) + 1);
    });
  }

  /** Arrows walk around the product, plus and minus step closer and back. */
  private readonly press = (event: KeyboardEvent): void => {
    const place = around({ position: this.camera.position.toArray() as Vec }, this.middle);
    const { minDistance, maxDistance } = this.controls;
    if (event.key === "ArrowLeft") place.azimuth -= STEP;
    else if (event.key === "ArrowRight") place.azimuth += STEP;
    else if (event.key === "ArrowUp") place.elevation += STEP / 2;
    else if (event.key === "ArrowDown") place.elevation -= STEP / 2;
    else if (event.key === "+" || event.key === "=") place.away /= 1.1;
    else if (event.key === "-") place.away *= 1.1;
    else return;
    event.preventDefault();
    place.away = clamp(place.away, minDistance, maxDistance);
    this.camera.position.set(...from(place, this.middle));
    this.controls.update();
  };
}
