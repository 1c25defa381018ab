import type { Dimensions, StageArea } from "../api/bodies";
import { locale, words } from "../words";
import type { Product } from "./standing";

const cm = (metres: number): string =>
  `${new Intl.NumberFormat(locale.value, { maximumFractionDigits: 1 }).format(metres * 100)} cm`;

/** The free space of a stage from the front, with the product in it, both to scale. */
export function ScaleDrawing({ stage, product }: { stage: StageArea; product: Product }) {
  const w = words.value;
  const size = sized(product.dimensions, product.aspect);
  if (!size) return null;
  const { width_m: width, height_m: height } = stage;
  const span = Math.max(width, size.width);
  const tall = Math.max(height, size.height);
  const room = 240 / Math.max(span, tall);
  const [fullWidth, fullHeight] = [span * room + 90, tall * room + 46];
  const floor = tall * room + 12;
  const middle = (span * room) / 2 + 12;
  return (
    <figure class="scale">
      <svg viewBox={`0 0 ${fullWidth} ${fullHeight}`} role="img"
        aria-label={w.scaleSaying(product.name, cm(size.height), cm(width), cm(height))}>
        <rect class="scale-room" x={middle - (width * room) / 2} y={floor - height * room}
          width={width * room} height={height * room} rx="3" />
        <image href={product.url} x={middle - (size.width * room) / 2} y={floor - size.height * room}
          width={size.width * room} height={size.height * room} preserveAspectRatio="xMidYMax meet" />
        <line class="scale-floor" x1="0" x2={span * room + 24} y1={floor} y2={floor} />
        <g class="scale-rule">
          <line x1={span * room + 30} x2={span * room + 30} y1={floor - size.height * room} y2={floor} />
          <text x={span * room + 37} y={floor - (size.height * room) / 2 + 4}>{cm(size.height)}</text>
        </g>
        <text class="scale-note" x={middle} y={floor + 20} text-anchor="middle">{cm(width)}</text>
      </svg>
      <figcaption>{w.scaleCaption(cm(width), cm(height))}</figcaption>
    </figure>
  );
}

function sized(size: Dimensions | null, aspect: number): { width: number; height: number } | null {
  if (!size || !aspect) return null;
  const height = size.height ? size.height / 100 : size.width ? (size.width / 100) * aspect : null;
  return height ? { height, width: size.width ? size.width / 100 : height / aspect } : null;
}
