import { useEffect, useState } from "preact/hooks";
import tumbler from "../../pictures/tumbler.webp";
import type { BackgroundCard } from "../api/bodies";
import { local, words } from "../words";
import { InSet, type Product } from "./standing";

const SHOWN = [
  "kitchen-counter-bright", "mossy-forest-plinth", "terracotta-window-shadow",
  "mirror-acrylic-ice", "coffee-shop-evening", "wet-stone-pool",
];
const CHANGE_MS = 5200;

/** One product in one set after another: what Backlot does, without a word. */
export function Playing({ library }: { library: BackgroundCard[] }) {
  const w = words.value;
  const sets = SHOWN.flatMap((id) => library.find((one) => one.id === id) ?? []);
  const [at, setAt] = useState(0);
  const [still, setStill] = useState(matchMedia("(prefers-reduced-motion: reduce)").matches);
  useEffect(() => {
    if (still || sets.length < 2) return;
    const timer = setInterval(() => document.hidden || setAt((now) => now + 1), CHANGE_MS);
    return () => clearInterval(timer);
  }, [still, sets.length]);
  const product: Product = {
    url: tumbler, aspect: 424 / 207, name: w.tumbler,
    dimensions: { width: 8.8, depth: 8.8, height: 19.6 },
  };
  const now = sets.length ? at % sets.length : 0;
  return (
    <figure class="playing">
      <div class="playing-sets">
        {sets.map((set, index) =>
          index === now || index === (now + 1) % sets.length ? (
            <div key={set.id} class={index === now ? "showing" : "waiting"} aria-hidden={index !== now}>
              <InSet set={set} product={product} eager={index === now} />
            </div>
          ) : null,
        )}
      </div>
      <figcaption>
        <span>{sets[now] ? local(sets[now].name) : " "}</span>
        <button class="plain" aria-pressed={still} onClick={() => setStill(!still)}>
          {still ? w.play : w.pause}
        </button>
      </figcaption>
    </figure>
  );
}
