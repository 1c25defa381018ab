import { useEffect, useState } from "preact/hooks";
import type { BackgroundCard, BackgroundDetail, Dimensions } from "../api/bodies";
import { getBackground } from "../api/client";
import { type Standing, standing, viewOf } from "../projection";
import { local, words } from "../words";

export interface Product {
  url: string;
  /** Height over width of the cut-out's picture; 0 until it is known. */
  aspect: number;
  dimensions: Dimensions | null;
  name: string;
  /** Address of its 3D model, where there is one. */
  model?: string | null;
}

const PICTURE_ASPECT = 4 / 3;

const WANTED_HEIGHT = 0.36;
const CLOSEST = 1.55;

/** How a photographer would step closer: until the product fills its share of the frame. */
function closer(place: Standing): { scale: string; transformOrigin: string } {
  const zoom = Math.min(CLOSEST, Math.max(1, WANTED_HEIGHT / place.height));
  const clamp = (share: number): number => Math.min(1, Math.max(0, share)) * 100;
  return { scale: `${zoom}`, transformOrigin: `${clamp(place.x)}% ${clamp(place.y - place.height * 0.2)}%` };
}

/** A set's picture with the product's cut-out standing in it at its true size: a sketch. */
export function InSet({ set, product, eager }: {
  set: BackgroundCard; product: Product | null; eager?: boolean;
}) {
  const w = words.value;
  const detail = useBackground(set.id);
  const preview = set.previews[0];
  const place = detail && product?.aspect && preview
    ? standing(detail, viewOf(preview), product.dimensions, product.aspect, PICTURE_ASPECT)
    : null;
  const name = local(set.name);
  return (
    <div class="in-set" role="img" aria-label={product ? w.inSet(product.name, name) : name}>
      <div class="in-set-frame" style={place ? closer(place) : {}}>
        {preview && <img class="in-set-picture" src={preview} alt="" width="640" height="480"
          loading={eager ? "eager" : "lazy"} decoding="async" />}
        {place && product && (
          <div class="in-set-product" style={{
            left: `${place.x * 100}%`, bottom: `${(1 - place.y) * 100}%`,
            height: `${place.height * 100}%`, aspectRatio: `1 / ${product.aspect}`,
          }}>
            <span class="in-set-shadow" />
            <img src={product.url} alt="" decoding="async" />
          </div>
        )}
      </div>
    </div>
  );
}

/** A background with everything that is known of it, once it is there. */
export function useBackground(id: string | undefined): BackgroundDetail | null {
  const [detail, setDetail] = useState<BackgroundDetail | null>(null);
  useEffect(() => {
    if (!id) return;
    let here = true;
    getBackground(id).then((found) => here && setDetail(found), () => undefined);
    return () => {
      here = false;
    };
  }, [id]);
  return detail?.id === id ? detail : null;
}

/** Height over width of a picture, once it has loaded. */
export function useAspect(url: string | null): number {
  const [aspect, setAspect] = useState(0);
  useEffect(() => {
    setAspect(0);
    if (!url) return;
    const image = new Image();
    image.onload = () => setAspect(image.naturalHeight / image.naturalWidth);
    image.src = url;
    return () => {
      image.onload = null;
    };
  }, [url]);
  return aspect;
}
