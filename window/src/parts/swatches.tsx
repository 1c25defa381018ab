import type { Swatch } from "../api/bodies";
import { nameOf } from "../vocabulary";
import { percent, words } from "../words";

/** Measured colours as one bar, each as wide as its share; named below when asked. */
export function Swatches({ palette, named, label }: { palette: Swatch[]; named?: boolean; label?: string }) {
  const total = palette.reduce((sum, one) => sum + one.share, 0) || 1;
  return (
    <div class="swatches">
      <div class="swatch-bar" role="img"
        aria-label={`${label ?? words.value.palette}: ${palette.map((one) => `${nameOf(one.name)} ${percent(one.share)}`).join(", ")}`}>
        {palette.map((one) => (
          <span key={one.hex} style={{ background: one.hex, flexGrow: Math.max(0.03, one.share / total) }} />
        ))}
      </div>
      {named && (
        <ul class="swatch-names" aria-hidden="true">
          {palette.slice(0, 5).map((one) => (
            <li key={one.hex}>
              <i style={{ background: one.hex }} />
              {nameOf(one.name)} <b>{percent(one.share)}</b>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
