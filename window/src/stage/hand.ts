// Taking hold of the product moves it over the ground; anywhere else turns the view.
import { type Object3D, type PerspectiveCamera, Plane, Raycaster, Vector2, Vector3 } from "three";

/** Told how far the product has been moved since it was taken: right and to the front, metres. */
type Moved = (right: number, front: number) => void;

/** Lets things be dragged; returns what ends that. `taken` is called when one is taken hold of. */
export function dragged(
  canvas: HTMLCanvasElement, camera: PerspectiveCamera, things: Object3D[], taken: () => Moved,
): () => void {
  const rayOf = (event: PointerEvent, eye: PerspectiveCamera): Raycaster => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const ray = new Raycaster();
    const at = new Vector2(((event.clientX - left) / width) * 2 - 1, 1 - ((event.clientY - top) / height) * 2);
    ray.setFromCamera(at, eye);
    return ray;
  };
  const hover = (event: PointerEvent): void => {
    if (event.buttons) return;
    canvas.classList.toggle("on-product", rayOf(event, camera).intersectObjects(things, true).length > 0);
  };
  const grab = (event: PointerEvent): void => {
    if (!event.isPrimary || event.button !== 0) return;
    const hit = rayOf(event, camera).intersectObjects(things, true)[0];
    if (!hit) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    // The view goes along with the product, so the ray is cast from where the eye was.
    const eye = camera.clone();
    const level = new Plane(new Vector3(0, 1, 0), -hit.point.y);
    const begun = hit.point.clone();
    const moved = taken();
    const drag = (event: PointerEvent): void => {
      const at = rayOf(event, eye).ray.intersectPlane(level, new Vector3());
      if (at && at.distanceTo(begun) < 100) moved(at.x - begun.x, at.z - begun.z);
    };
    const ended = new AbortController();
    const drop = (): void => ended.abort();
    canvas.addEventListener("pointermove", drag, { signal: ended.signal });
    canvas.addEventListener("pointerup", drop, { signal: ended.signal });
    canvas.addEventListener("pointercancel", drop, { signal: ended.signal });
  };
  canvas.addEventListener("pointerdown", grab, { capture: true });
  canvas.addEventListener("pointermove", hover);
  return () => {
    canvas.removeEventListener("pointerdown", grab, { capture: true });
    canvas.removeEventListener("pointermove", hover);
  };
}
